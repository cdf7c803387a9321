/** Keeps what is written with the server: soon after each change, again and again while that fails, and never over what
another device has saved. What is typed stays here whatever happens. */
import { newKey } from "@/api/client";
import { type Problem, asProblem } from "@/api/problem";
import { type UploadList, arrived, coming } from "@/uploads/upload-list";
import { type Content, type Draft, type Shape, isSame, merged } from "./answers";

/** `waiting`: could not be saved and is tried again; `refused`: as it is, it never will; `gone`: filed or discarded elsewhere. */
export type Standing = "empty" | "saved" | "unsaved" | "saving" | "waiting" | "refused" | "conflict" | "gone";

export interface Body {
  content: Content;
  upload_ids: string[];
  purposes: Record<string, string>;
  /** Uploads of which not all has come. */
  unfinished: string[];
}

export interface Transport {
  begin: (body: Body, key: string) => Promise<Draft>;
  save: (id: string, version: number, body: Body) => Promise<Draft>;
}

export interface KeeperState<A> {
  answers: A;
  /** Empty until the server has given one. */
  id: string;
  version: number;
  standing: Standing;
  problem?: Problem | undefined;
  /** What another device has saved, when it clashes with what is here. */
  theirs?: Draft | undefined;
  /** Counts how often the answers were replaced by others than those of this page. */
  epoch: number;
}

const SOON_MS = 700;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;
const BLANK = { id: "", version: 0, standing: "empty", epoch: 0 } as const;

export class DraftKeeper<A extends object> {
  private state: KeeperState<A>;
  /** As last saved: what changes are compared with. */
  private base: A;
  private saved = "";
  private beginning: { body: Body; key: string } | null = null;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_PAUSE_MS;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly shape: Shape<A>,
    private readonly transport: Transport,
    private readonly uploads: UploadList,
    private readonly onProblem: (problem: Problem) => void = () => undefined,
  ) {
    this.base = shape.empty;
    this.state = { ...BLANK, answers: shape.empty };
    this.saved = this.written();
    uploads.subscribe(() => this.touched());
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly now = () => this.state;

  /** Whether something here is not with the server yet. */
  get isUnsaved(): boolean {
    return this.written() !== this.saved;
  }

  answer(given: Partial<A>): void {
    const answers = { ...this.state.answers, ...given };
    if (isSame(answers, this.state.answers)) return;
    this.change({ answers });
    this.touched();
  }

  /** Goes on with a draft of the server's. */
  open(draft: Draft): void {
    this.forget();
    this.adopt(draft, this.shape.of(draft.content));
  }

  /** Empties this place; the server's draft stays. */
  forget(): void {
    this.uploads.clear();
    clearTimeout(this.timer);
    this.beginning = null;
    this.base = this.shape.empty;
    this.state = { ...BLANK, answers: this.shape.empty, epoch: this.state.epoch + 1 };
    this.saved = this.written();
    this.change({});
  }

  /** Saves at once; gives whether all is with the server then. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    await this.run();
    return !this.isUnsaved;
  }

  /** Takes what the other device has saved, and drops what clashes with it. */
  takeTheirs(): void {
    const { theirs } = this.state;
    if (theirs) this.open(theirs);
  }

  /** Saves what is here over what the other device has answered; its files stay, too. */
  keepMine(): void {
    const { theirs, answers } = this.state;
    if (!theirs) return;
    this.adopt(theirs, answers);
    void this.flush();
  }

  /** Begins another draft with the answers that are here. Its files went with the one that is gone. */
  beginAnew(): void {
    this.uploads.clear();
    this.beginning = null;
    this.change({ id: "", version: 0, standing: "unsaved", problem: undefined });
    this.saved = "";
    void this.flush();
  }

  private touched(): void {
    if (!this.isUnsaved || this.state.standing === "conflict" || this.state.standing === "gone") return;
    if (this.state.standing !== "saving") this.change({ standing: "unsaved" });
    this.later(SOON_MS);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), ms);
  }

  private run(): Promise<void> {
    const { standing } = this.state;
    if (standing === "conflict" || standing === "gone") return Promise.resolve();
    this.running ??= this.saveAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async saveAll(): Promise<void> {
    if (!this.isUnsaved) return;
    this.change({ standing: "saving" });
    const { epoch } = this.state;
    try {
      await this.saveOnce();
    } catch (error) {
      if (epoch === this.state.epoch) this.failed(asProblem(error));
      return;
    }
    // Unless it was left for another one meanwhile: what was typed while it was sent.
    if (epoch === this.state.epoch) await this.saveAll();
  }

  private async saveOnce(): Promise<void> {
    const { id, version, answers, epoch } = this.state;
    const body = this.body();
    if (!id) this.beginning ??= { body, key: newKey() };
    // Sent again under its key it must be the same, or the draft could be begun twice.
    const [sent, draft] = id
      ? [body, await this.transport.save(id, version, body)]
      : [this.beginning?.body ?? body, await this.transport.begin(this.beginning?.body ?? body, this.beginning?.key ?? "")];
    if (epoch !== this.state.epoch) return;
    this.saved = JSON.stringify(sent);
    this.base = id ? answers : this.shape.of(sent.content);
    this.pause = FIRST_PAUSE_MS;
    this.change({ id: draft.id, version: draft.version, standing: this.isUnsaved ? "unsaved" : "saved", problem: undefined });
  }

  private failed(problem: Problem): void {
    this.onProblem(problem);
    if (problem.status === 412) this.meet(problem.document.current as Draft);
    else if (problem.status === 404) this.change({ standing: "gone", problem });
    else if (problem.isPassing) {
      this.change({ standing: "waiting", problem });
      this.later(this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    } else this.change({ standing: problem.status === 401 ? "waiting" : "refused", problem });
  }

  /** Another device has saved, or the answer to one's own saving was lost: what differs in other places is joined. */
  private meet(theirs: Draft): void {
    const { answers, clashes } = merged(this.base, this.state.answers, this.shape.of(theirs.content));
    if (clashes.length > 0) {
      this.change({ standing: "conflict", theirs });
      return;
    }
    this.adopt(theirs, answers);
    this.later(0);
  }

  private adopt(draft: Draft, answers: A): void {
    this.base = this.shape.of(draft.content);
    this.saved = JSON.stringify(this.bodyOf(draft));
    this.state = { ...this.state, answers, id: draft.id, version: draft.version, problem: undefined, theirs: undefined };
    this.uploads.restore(draft.uploads, draft.unfinished);
    this.change({ standing: this.isUnsaved ? "unsaved" : "saved" });
  }

  private body(): Body {
    const files = this.uploads.all();
    const meant = files.flatMap(({ upload, begun, slot }) => {
      const id = upload?.id ?? begun?.id;
      return id && slot ? [[id, slot] as const] : [];
    });
    return {
      content: this.shape.to(this.state.answers),
      upload_ids: arrived(files).toSorted(),
      purposes: Object.fromEntries(meant.toSorted()),
      unfinished: coming(files).toSorted(),
    };
  }

  private written(): string {
    return JSON.stringify(this.body());
  }

  private change(next: Partial<KeeperState<A>>): void {
    this.state = { ...this.state, ...next };
    for (const listener of this.listeners) listener();
  }

  /** A draft as it would be sent, so that what was saved can be compared with what is here. */
  private bodyOf({ content, uploads, unfinished }: Draft): Body {
    const meant = [...uploads, ...unfinished].flatMap(({ id, purpose }) => (purpose ? [[id, purpose] as const] : []));
    return {
      content: this.shape.to(this.shape.of(content)),
      upload_ids: uploads.map(({ id }) => id).toSorted(),
      purposes: Object.fromEntries(meant.toSorted()),
      unfinished: unfinished.map(({ id }) => id).toSorted(),
    };
  }
}
