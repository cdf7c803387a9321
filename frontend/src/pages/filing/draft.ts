/** The claim that is being written on this page. What happened to a person's health is no matter for the browser's storage:
it lies in memory, and with the server. */
import { useSyncExternalStore } from "react";
import { api } from "@/api/client";
import { noticeEnd } from "@/api/cache";
import { SubmissionKey } from "@/api/submission";
import { type Answers, RETAIL } from "@/drafts/answers";
import { DraftKeeper, type KeeperState } from "@/drafts/keeper";
import { UploadList } from "@/uploads/upload-list";

export const uploads = new UploadList();
export const submission = new SubmissionKey();
export const keeper = new DraftKeeper(
  RETAIL,
  {
    begin: (body, idempotencyKey) => api.post("/drafts", { body: { workflow: "retail", ...body }, idempotencyKey }),
    save: (id, ifMatch, body) =>
      api.put("/drafts/{draft_id}", { path: { draft_id: id }, body: { workflow: "retail", ...body }, ifMatch }),
  },
  uploads,
  (problem) => void noticeEnd(problem),
);

let owner = "";
window.addEventListener("online", () => void keeper.flush());

/** Whoever signs in after another's session has ended finds nothing of theirs. */
export function beginAs(userId: string): void {
  if (owner && userId !== owner) keeper.forget();
  owner = userId;
}

export function useDraft(): KeeperState<Answers> {
  return useSyncExternalStore(keeper.subscribe, keeper.now);
}

export function useAnswers(): Answers {
  return useDraft().answers;
}

export function answer(given: Partial<Answers>): void {
  keeper.answer(given);
}
