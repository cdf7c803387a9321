/** A claim that is being written. It lives in memory alone: what happened to a person's health is no matter for the
browser's storage. One module, so that drafts kept by the server can take its place. */
import { useSyncExternalStore } from "react";
import { SubmissionKey } from "@/api/submission";
import { UploadList } from "@/uploads/upload-list";

export interface Answers {
  policyId: string;
  incidentDate: string;
  description: string;
  amount: string;
}

const EMPTY: Answers = { policyId: "", incidentDate: "", description: "", amount: "" };

let answers = EMPTY;
let owner = "";
const listeners = new Set<() => void>();

export const uploads = new UploadList();
export const submission = new SubmissionKey();

/** Whoever signs in after another's session has ended begins anew. */
export function beginAs(userId: string): void {
  if (userId !== owner && hasDraft()) forgetDraft();
  owner = userId;
}

export function useAnswers(): Answers {
  return useSyncExternalStore(subscribe, () => answers);
}

/** Without following later changes. */
export function currentAnswers(): Answers {
  return answers;
}

export function answer(given: Partial<Answers>): void {
  change({ ...answers, ...given });
}

export function forgetDraft(): void {
  uploads.clear();
  change(EMPTY);
}

export function hasDraft(): boolean {
  return answers !== EMPTY || uploads.all().length > 0;
}

function change(next: Answers): void {
  answers = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
