/** Files on their way to the server, sent as soon as they are chosen, a few at a time. Outlives the page that shows it. */
import { useSyncExternalStore } from "react";
import { newKey } from "@/api/client";
import { type Problem, asProblem } from "@/api/problem";
import { type Sending, type Upload, send } from "@/api/uploads";

/** `paused`: it waits until it is told to go on, and is then sent from its beginning. */
export type FileState = "waiting" | "sending" | "paused" | "done" | "failed" | "refused";

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
  /** Why it `failed` (and can be sent again) or was `refused` (and cannot). */
  problem?: Problem;
}

/** What is known of a file that has arrived. */
export type Kept = Pick<Upload, "id" | "is_encrypted">;

/** A file that arrived earlier, as the API tells of it. */
export interface Earlier extends Kept {
  file_name: string;
  file_size: number;
  purpose: string | null;
}

/** Judges a file before it is sent, by how many there are already; gives why it cannot be taken. */
export type Judge = (file: File, held: number) => Problem | undefined;

const AT_ONCE = 3;

export class UploadList {
  private files: readonly PickedFile[] = [];
  private readonly sendings = new Map<string, Sending>();
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly all = () => this.files;

  add(files: Iterable<File>, slot: string, judge: Judge): void {
    let held = this.files.filter(({ state }) => state !== "refused").length;
    const picked = [...files].map((file): PickedFile => {
      const problem = judge(file, held);
      held += problem ? 0 : 1;
      const about = { id: newKey(), name: file.name, size: file.size, file, slot, progress: 0 };
      return problem ? { ...about, state: "refused", problem } : { ...about, state: "waiting" };
    });
    this.change([...this.files, ...picked]);
    this.sendNext();
  }

  /** Shows files that arrived earlier, those that are not here yet. */
  restore(earlier: readonly Earlier[]): void {
    const here = new Set(arrived(this.files));
    const added = earlier
      .filter(({ id }) => !here.has(id))
      .map((upload): PickedFile => {
        const { id, file_name: name, file_size: size, purpose } = upload;
        return { id, name, size, slot: purpose ?? "", state: "done", progress: 1, upload };
      });
    if (added.length > 0) this.change([...this.files, ...added]);
  }

  retry(id: string): void {
    this.update(id, { state: "waiting", progress: 0 });
    this.sendNext();
  }

  /** Holds it back, also when it is on its way; `retry` lets it go on. */
  pause(id: string): void {
    this.update(id, { state: "paused", progress: 0 });
    this.sendings.get(id)?.cancel();
    this.sendings.delete(id);
    this.sendNext();
  }

  /** Stops it when it is on its way. What has arrived already ends on the server by itself. */
  remove(id: string): void {
    this.sendings.get(id)?.cancel();
    this.sendings.delete(id);
    this.change(this.files.filter((file) => file.id !== id));
    this.sendNext();
  }

  clear(): void {
    for (const sending of this.sendings.values()) sending.cancel();
    this.sendings.clear();
    this.change([]);
  }

  private sendNext(): void {
    for (const file of this.files) {
      if (this.sendings.size >= AT_ONCE) return;
      if (file.state === "waiting") void this.send(file);
    }
  }

  private async send({ id, file }: PickedFile): Promise<void> {
    if (!file) return;
    this.update(id, { state: "sending" });
    // The id is the key, so a file whose answer was lost is not kept twice.
    const sending = send(file, id, (progress) => this.update(id, { progress }));
    this.sendings.set(id, sending);
    try {
      this.update(id, { upload: await sending.done, state: "done", progress: 1 });
    } catch (error) {
      // Paused or removed meanwhile: that it ended is no news.
      if (this.sendings.get(id) !== sending) return;
      const problem = asProblem(error);
      this.update(id, { problem, state: problem.isPassing || problem.status === 401 ? "failed" : "refused" });
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

export function useUploads(list: UploadList): readonly PickedFile[] {
  return useSyncExternalStore(list.subscribe, list.all);
}

/** The ids of what has arrived, for `upload_ids`. */
export function arrived(files: readonly PickedFile[]): string[] {
  return files.flatMap(({ upload }) => (upload ? [upload.id] : []));
}

/** Neither arrived nor given up: a form with these cannot be sent yet. */
export function pending(files: readonly PickedFile[]): PickedFile[] {
  return files.filter(({ state }) => state === "waiting" || state === "sending");
}

/** Cannot be sent along as they are: to be sent again, let go on, or removed. */
export function stuck(files: readonly PickedFile[]): PickedFile[] {
  return files.filter(({ state }) => state === "failed" || state === "refused" || state === "paused");
}
