/** The pages of filing in their order, the named steps they belong to, and which answer each is about. */
import type { Answers } from "./draft";

export const STEPS = ["policy", "incident", "documents", "check"] as const;
export type Step = (typeof STEPS)[number];

export interface FilingPage {
  path: string;
  step: Step;
  /** What must be answered before one goes on from here. */
  needs?: keyof Answers;
  /** The field of the API that is answered here. */
  field?: string;
}

export const PAGES: FilingPage[] = [
  { path: "policy", step: "policy", needs: "policyId", field: "user_policy_id" },
  { path: "when", step: "incident", needs: "incidentDate", field: "incident_date" },
  { path: "what", step: "incident", needs: "description", field: "description" },
  { path: "amount", step: "incident", needs: "amount", field: "claim_amount" },
  { path: "documents", step: "documents", field: "upload_ids" },
  { path: "check", step: "check" },
];

export function pageAfter(path: string): string {
  return PAGES[placeOf(path) + 1]?.path ?? "check";
}

/** null: the first. */
export function pageBefore(path: string): string | null {
  return PAGES[placeOf(path) - 1]?.path ?? null;
}

/** The first page before this one whose answer is missing; null when one may be here. */
export function firstOpen(path: string, answers: Answers): string | null {
  const before = PAGES.slice(0, placeOf(path));
  return before.find(({ needs }) => needs && !answers[needs])?.path ?? null;
}

/** Where to correct what the API refused. */
export function pageOfField(field: string): string {
  return PAGES.find((page) => page.field === field)?.path ?? (field === "claim_type" ? "policy" : "check");
}

function placeOf(path: string): number {
  return PAGES.findIndex((page) => page.path === path);
}
