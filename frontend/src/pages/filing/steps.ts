/** The pages of filing in their order, the named steps they belong to, and which answer each is about. */
import { PARTS, type Part } from "@/drafts/judge";

export const STEPS = ["policy", "incident", "documents", "check"] as const;
export type Step = (typeof STEPS)[number];

export interface FilingPage {
  path: Part | "documents" | "check";
  step: Step;
  /** The field of the API that is answered here. */
  field?: string;
}

export const PAGES: FilingPage[] = [
  { path: "policy", step: "policy", field: "user_policy_id" },
  { path: "when", step: "incident", field: "incident_date" },
  { path: "what", step: "incident", field: "description" },
  { path: "amount", step: "incident", field: "claim_amount" },
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

/** The page one must see first, because of what is open; null when one may be here. The questions hang on the policy alone. */
export function firstOpen(path: string, open: readonly Part[]): Part | null {
  const needed = path === "check" ? PARTS : path === "policy" ? [] : PARTS.slice(0, 1);
  return needed.find((part) => open.includes(part)) ?? null;
}

/** Where to correct what the API refused. */
export function pageOfField(field: string): string {
  return PAGES.find((page) => page.field === field)?.path ?? (field === "claim_type" ? "policy" : "check");
}

function placeOf(path: string): number {
  return PAGES.findIndex((page) => page.path === path);
}
