/** The live stream of the inbox: opened, and taken up again when it ends, each time a little later while it cannot be had. */
import type { Head, Notice } from "./inbox";

/** Something happened in the inbox; `rev` is its number. */
export type Heard =
  | ({ kind: "state" } & Head)
  | { kind: "notice"; rev: number; unread: number; notice: Notice };

interface Listener {
  /** The number of what was heard last, from which it goes on. */
  after: () => number | undefined;
  hear: (heard: Heard) => void;
  /** Whether it can be had. */
  live: (isLive: boolean) => void;
}

const SOON_MS = 1000;
const MOST_MS = 60_000;

/** Listens until what it gives is called. */
export function listen({ after, hear, live }: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const again = () => {
    timer = undefined;
    const from = after();
    source = new EventSource(from === undefined ? STREAM : `${STREAM}?after=${from}`);
    let isOpen = false;
    source.addEventListener("open", () => {
      isOpen = true;
      failures = 0;
      live(true);
    });
    source.addEventListener("state", (event) => hear({ kind: "state", ...JSON.parse(event.data) }));
    source.addEventListener("notification", (event) => hear(noticeOf(event)));
    source.addEventListener("error", () => {
      // It would try again by itself, but for ever as often, all clients at once, and not at all after a refusal.
      source?.close();
      if (!isOpen) live(false);
      failures += isOpen ? 0 : 1;
      timer = setTimeout(again, pause(failures));
    });
  };
  const atOnce = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    again();
  };
  window.addEventListener("online", atOnce);
  again();
  return () => {
    window.removeEventListener("online", atOnce);
    clearTimeout(timer);
    source?.close();
  };
}

const STREAM = "/notifications/stream";

function noticeOf({ data, lastEventId }: MessageEvent<string>): Heard {
  const { unread, item } = JSON.parse(data) as { unread: number; item: Notice };
  return { kind: "notice", rev: Number(lastEventId), unread, notice: item };
}

/** Doubled with each failure, and not the same for everybody. */
export function pause(failures: number): number {
  return Math.min(MOST_MS, SOON_MS * 2 ** failures) * (0.5 + Math.random());
}
