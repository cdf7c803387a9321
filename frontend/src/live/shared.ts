/** One live stream for all tabs of a browser: the tab that leads listens, and passes on what it hears. */
import type { Head } from "./inbox";
import { type Leading, lead } from "./leader";
import { type Heard, listen } from "./stream";

export interface Ear {
  /** What happened in the inbox, in order. */
  hear: (heard: Heard) => void;
  /** Whether the stream can be had. */
  live: (isLive: boolean) => void;
  /** How the inbox stands as far as is known here, for a tab that is new. */
  head: () => Head | undefined;
  /** The number from which nothing is missed of what happens after this page was read. */
  begun: () => number | undefined;
  /** Something has happened since then that will not be heard here. */
  missed: () => void;
  /** Somebody else has signed in, in another tab of this browser. */
  replaced: () => void;
}

type Said =
  | { kind: "new" }
  | { kind: "hello" }
  | { kind: "here"; rev: number | undefined; head: Head | undefined; isLive: boolean }
  | { kind: "heard"; heard: Heard }
  | { kind: "live"; isLive: boolean };
type Message = Said & { user: string };

const CHANNEL = "insurenz-live";
const ANSWER_MS = 3000;

export class SharedStream {
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #leading: Leading;
  /** The number of what was heard last: from there a tab that takes over goes on, and one that is new from where it began. */
  #rev: number | undefined;
  #isLive = true;
  #isLeader = false;
  #unanswered: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly user: string,
    readonly ear: Ear,
  ) {
    this.#channel.addEventListener("message", this.#receive);
    document.addEventListener("visibilitychange", this.#greet);
    this.#leading = lead(this.#begin);
    this.#say({ kind: "new" });
    this.#greet();
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.#greet);
    clearTimeout(this.#unanswered);
    this.#leading.stop();
    this.#channel.close();
  }

  #begin = (): (() => void) => {
    this.#isLeader = true;
    const stop = listen({
      after: () => this.#rev ?? this.ear.begun(),
      hear: (heard) => {
        this.#hear(heard);
        this.#say({ kind: "heard", heard });
      },
      live: (isLive) => {
        this.#live(isLive);
        this.#say({ kind: "live", isLive });
      },
    });
    return () => {
      this.#isLeader = false;
      stop();
    };
  };

  /** A tab that is looked at wants to know that somebody listens; one that leads but sleeps does not answer. */
  #greet = (): void => {
    clearTimeout(this.#unanswered);
    if (document.visibilityState !== "visible" || this.#isLeader) return;
    this.#say({ kind: "hello" });
    this.#unanswered = setTimeout(() => this.#leading.take(), ANSWER_MS);
  };

  #receive = ({ data: said }: MessageEvent<Message>): void => {
    if (said.user !== this.user) {
      if (said.kind === "new") this.ear.replaced();
    } else if (said.kind === "heard") this.#hear(said.heard);
    else if (said.kind === "live") this.#live(said.isLive);
    else if (said.kind === "here") this.#learn(said);
    else if (this.#isLeader) this.#say({ kind: "here", rev: this.#rev, head: this.ear.head(), isLive: this.#isLive });
  };

  #learn({ rev, head, isLive }: Extract<Said, { kind: "here" }>): void {
    clearTimeout(this.#unanswered);
    this.#live(isLive);
    if (this.#rev !== undefined) return;
    this.#rev = rev;
    if (!head) return;
    const begun = this.ear.begun();
    this.ear.hear({ kind: "state", ...head });
    if (begun !== undefined && begun < head.rev) this.ear.missed();
  }

  #hear(heard: Heard): void {
    this.#rev = heard.rev;
    this.ear.hear(heard);
  }

  #live(isLive: boolean): void {
    this.#isLive = isLive;
    this.ear.live(isLive);
  }

  #say(said: Said): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin only
    this.#channel.postMessage({ ...said, user: this.user });
  }
}
