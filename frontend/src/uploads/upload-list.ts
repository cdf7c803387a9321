/** Files on their way to the server, sent as soon as they are chosen, a few at a time. Outlives the page that shows it. */
import { useSyncExternalStore } from "react";
import { newKey } from "@/api/client";
import { type Problem, asProblem } from "@/api/problem";
import type { Hint } from "./hints";
import type { Page } from "./pages/page";
import type { Begun, Hear } from "./tus";
import { PIECE_BYTES, type Sending, type Upload, send } from "@/api/uploads";

/** `paused`: it waits until it is told to go on. `awaited`: a part of it came earlier, and it has to be chosen again. */
export type FileState = "waiting" | "sending" | "paused" | "awaited" | "done" | "failed" | "refused";

export interface PickedFile {
  id: string;
  name: string;
  size: number;
  /** Missing for one that was sent earlier, or from another device. */
  file?: File;
  /** What it is for: the code of a document that was asked for, or "". */
  slot: string;
  state: FileState;
  /** How much has left, 0 to 1. */
  progress: number;
  upload?: Kept;
  /** What the server knows of one that comes in pieces and is not whole yet. */
  begun?: Required<Begun> | undefined;
  /** Why it `failed` (and can be sent again) or was `refused` (and cannot). */
  problem?: Problem;
  /** What may be wrong with it, until its sender keeps it all the same. */
  hint?: Hint | undefined;
}

/** What is known of a file that has arrived. */
export type Kept = Pick<Upload, "id" | "is_encrypted">;

/** A file that arrived earlier, as the API tells of it. */
export interface Earlier extends Kept {
  file_name: string;
  file_size: number;
  purpose: string | null;
}

/** A file of which a part, or by now all, arrived earlier. */
export interface Unfinished {
  id: string;
  file_name: string;
  file_size: number;
  offset: number;
  sha256: string | null;
  purpose: string | null;
}

/** Judges a file before it is sent, by how many there are already; gives why it cannot be taken. */
export type Judge = (file: File, held: number) => Problem | undefined;

/** Pages that are photographed one after the other, and not one file yet. */
export interface Photographed {
  slot: string;
  pages: readonly Page[];
}

const AT_ONCE = 3;
const STUCK: ReadonlySet<FileState> = new Set<FileState>(["failed", "refused", "paused", "awaited"]);

export class UploadList {
  private files: readonly PickedFile[] = [];
  private pages: Photographed | undefined;
  private readonly sendings = new Map<string, Sending>();
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly all = () => this.files;

  readonly photographed = () => this.pages;

  photograph(pages: Photographed | undefined): void {
    this.pages = pages;
    this.change(this.files);
  }

  /** Adds the file that was made of these pages in their place. Says why if it cannot be taken; then they stay, as do others that are here by now. */
  bind(pages: readonly Page[], file: File, judge: Judge): Problem | undefined {
    if (this.pages?.pages !== pages) return undefined;
    const problem = judge(file, this.heldBeside());
    if (problem) return problem;
    const { slot } = this.pages;
    this.pages = undefined;
    this.add([file], slot, judge);
    return undefined;
  }

  /** Whether there are files on their way, or pages that are not used yet. */
  get isUnsaved(): boolean {
    return pending(this.files).length > 0 || (this.pages?.pages.length ?? 0) > 0;
  }

  add(files: Iterable<File>, slot: string, judge: Judge): void {
    let held = this.heldBeside();
    const picked = [...files].filter((file) => !this.isGoneOnWith(file, judge)).map((file): PickedFile => {
      const problem = judge(file, held);
      held += problem ? 0 : 1;
      const about = { id: newKey(), name: file.name, size: file.size, file, slot, progress: 0 };
      return problem ? { ...about, state: "refused", problem } : { ...about, state: "waiting" };
    });
    this.change([...this.files, ...picked]);
    this.sendNext();
    for (const each of picked) this.lookAt(each.id);
  }

  /** Puts another file in the place of this one, which stays if the other cannot be taken. */
  replace({ id, slot }: PickedFile, file: File, judge: Judge): void {
    const problem = judge(file, this.heldBeside(id));
    if (!problem) this.remove(id);
    this.add([file], slot, () => problem);
  }

  private heldBeside(own = ""): number {
    return this.files.filter(({ id, state }) => id !== own && state !== "refused").length;
  }

  /** Whether it is one that is awaited, chosen again wherever on the page: then it goes on there. */
  private isGoneOnWith(file: File, judge: Judge): boolean {
    const isIt = ({ state, name, size }: PickedFile) => state === "awaited" && name === file.name && size === file.size;
    const awaited = this.files.find(isIt);
    if (awaited) this.choose(awaited.id, file, judge);
    return awaited !== undefined;
  }

  /** Goes on with one that is awaited; another file takes its place and is sent from its beginning. */
  choose(id: string, file: File, judge: Judge): void {
    const problem = judge(file, 0);
    const about = { file, name: file.name, size: file.size };
    this.update(id, problem ? { ...about, state: "refused", problem } : { ...about, state: "waiting" });
    this.sendNext();
    this.lookAt(id);
  }

  /** Beside its sending, which waits for no hint. */
  private lookAt(id: string): void {
    const picked = this.files.find((each) => each.id === id);
    if (!picked?.file || picked.state === "refused") return;
    const { file } = picked;
    void looking().then(({ hintAbout }) => hintAbout(file)).then((hint) => hint && this.update(id, { hint }), () => undefined);
  }

  /** Its sender has read the hint. */
  keep(id: string): void {
    this.update(id, { hint: undefined });
  }

  /** Shows files that arrived earlier, whole or in part, those that are not here yet. */
  restore(earlier: readonly Earlier[], unfinished: readonly Unfinished[] = []): void {
    const here = new Set(this.files.flatMap(({ upload, begun }) => [upload?.id, begun?.id]));
    const added = [
      ...earlier.map((upload) => ({ ...shown(upload), state: "done", progress: 1, upload }) as const),
      ...unfinished.map((upload) => ({ ...shown(upload), ...standing(upload) })),
    ].filter(({ id }) => !here.has(id));
    if (added.length > 0) this.change([...this.files, ...added]);
  }

  retry(id: string): void {
    this.update(id, { state: "waiting" });
    this.sendNext();
  }

  /** Holds it back, also when it is on its way; `retry` lets it go on. */
  pause(id: string): void {
    this.update(id, { state: "paused" });
    this.sendings.get(id)?.cancel();
    this.sendings.delete(id);
    this.sendNext();
  }

  /** Stops it when it is on its way. What has arrived whole ends on the server by itself. */
  remove(id: string): void {
    const begun = this.files.find((file) => file.id === id)?.begun;
    if (begun) void pieces().then(({ giveUp }) => giveUp(begun.id), () => undefined);
    this.sendings.get(id)?.cancel();
    this.sendings.delete(id);
    this.change(this.files.filter((file) => file.id !== id));
    this.sendNext();
  }

  clear(): void {
    for (const sending of this.sendings.values()) sending.cancel();
    this.sendings.clear();
    this.pages = undefined;
    this.change([]);
  }

  private sendNext(): void {
    for (const file of this.files) {
      if (this.sendings.size >= AT_ONCE) return;
      if (file.state === "waiting") void this.send(file);
    }
  }


  private begin({ id, begun }: PickedFile, file: File): Sending {
    const progress = (share: number) => this.update(id, { progress: share });
    // The id is the key, so a file whose answer was lost is not kept twice.
    if (file.size <= PIECE_BYTES) return send(file, id, progress);
    return inPieces(file, begun ?? {}, { progress, begun: (now) => this.update(id, { begun: now }) });
  }

  private async send(picked: PickedFile): Promise<void> {
    const { id, file } = picked;
    if (!file) return;
    this.update(id, { state: "sending" });
    const sending = this.begin(picked, file);
    this.sendings.set(id, sending);
    try {
      this.update(id, { upload: await sending.done, state: "done", progress: 1, begun: undefined });
    } catch (error) {
      // Paused or removed meanwhile: that it ended is no news.
      if (this.sendings.get(id) !== sending) return;
      const problem = asProblem(error);
      const isPassing = problem.isPassing || problem.status === 401;
      this.update(id, isPassing ? { problem, state: "failed" } : { problem, state: "refused", begun: undefined });
    } finally {
      if (this.sendings.get(id) === sending) this.sendings.delete(id);
      this.sendNext();
    }
  }

  private update(id: string, change: Partial<PickedFile>): void {
    this.change(this.files.map((file) => (file.id === id ? { ...file, ...change } : file)));
  }

  private change(files: readonly PickedFile[]): void {
    this.files = files;
    for (const listener of this.listeners) listener();
  }
}

/** Fetched for the first large file. */
const pieces = () => import("./tus");
const looking = () => import("./hints");

function inPieces(file: File, begun: Begun, hear: Hear): Sending {
  const stop = new AbortController();
  const done = pieces().then(({ sendInPieces }) => sendInPieces(file, begun, hear, stop.signal));
  return { done, cancel: () => stop.abort() };
}

function shown({ id, file_name: name, file_size: size, purpose }: Earlier | Unfinished) {
  return { id, name, size, slot: purpose ?? "" };
}

function standing({ id, offset, file_size: size, sha256 }: Unfinished) {
  // The last piece came, and nobody was there to be told.
  if (offset === size) return { state: "done", progress: 1, upload: { id, is_encrypted: false } } as const;
  return { state: "awaited", progress: offset / size, begun: { id, sha256 } } as const;
}

export function useUploads(list: UploadList): readonly PickedFile[] {
  return useSyncExternalStore(list.subscribe, list.all);
}

/** The ids of what has arrived, for `upload_ids`. */
export function arrived(files: readonly PickedFile[]): string[] {
  return files.flatMap(({ upload }) => (upload ? [upload.id] : []));
}

/** Those of which not all has arrived yet, by what the server knows them under. */
export function coming(files: readonly PickedFile[]): string[] {
  return files.flatMap(({ upload, begun }) => (begun && !upload ? [begun.id] : []));
}

/** Neither arrived nor given up: a form with these cannot be sent yet. */
export function pending(files: readonly PickedFile[]): PickedFile[] {
  return files.filter(({ state }) => state === "waiting" || state === "sending");
}

/** Cannot be sent along as they are: to be sent again, let go on, chosen again, or removed. */
export function stuck(files: readonly PickedFile[]): PickedFile[] {
  return files.filter(({ state }) => STUCK.has(state));
}
