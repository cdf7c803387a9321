/** What is being written at the desk, by its name and whose it is. It lives in memory alone: a patient's data are no
matter for the browser's storage. It outlives the page, so that looking elsewhere or a refusal loses nothing. */
import { useEffect, useSyncExternalStore } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { SubmissionKey } from "@/api/submission";
import { UploadList } from "@/uploads/upload-list";

export class Kept<V extends object> {
  readonly uploads = new UploadList();
  readonly key = new SubmissionKey();
  private value: V;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly empty: V) {
    this.value = empty;
  }

  readonly read = () => this.value;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Whether all that was written is somewhere else, too. */
  isSaved = () => false;

  get isEmpty(): boolean {
    return this.value === this.empty && this.uploads.all().length === 0 && !this.uploads.isUnsaved;
  }

  change(part: Partial<V>): void {
    this.become({ ...this.value, ...part });
  }

  clear(): void {
    this.uploads.clear();
    this.key.done();
    this.become(this.empty);
  }

  private become(value: V): void {
    this.value = value;
    for (const listener of this.listeners) listener();
  }
}

const all = new Map<string, Kept<object>>();

/** The same for the same owner and name, as long as the app is open. */
export function keptFor<V extends object>(owner: string, name: string, empty: V): Kept<V> {
  const key = `${owner}/${name}`;
  const kept = all.get(key) ?? (new Kept(empty) as unknown as Kept<object>);
  all.set(key, kept);
  return kept as unknown as Kept<V>;
}

export function useKept<V extends object>(kept: Kept<V>): V {
  return useSyncExternalStore(kept.subscribe, kept.read);
}

/** Each change of a form goes into what is kept. */
export function useKeeping<F extends FieldValues, V extends F>(form: UseFormReturn<F>, kept: Kept<V>): void {
  useEffect(
    () => form.subscribe({ formState: { values: true }, callback: ({ values }) => kept.change(values as Partial<V>) }),
    [form, kept],
  );
}

/** The browser asks before the tab is closed over something that was not sent. */
export function useWarningBeforeClosing(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if ([...all.values()].some((kept) => !kept.isEmpty && !kept.isSaved())) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
}

/** What was begun under names with this beginning and is not sent. */
export function unsentUnder(owner: string, beginning: string): [string, Kept<object>][] {
  const prefix = `${owner}/${beginning}`;
  const found = [...all].filter(([name, kept]) => name.startsWith(prefix) && !kept.isEmpty);
  return found.map(([name, kept]) => [name.slice(prefix.length), kept]);
}
