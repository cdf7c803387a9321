/** What a policyholder has answered so far, as they typed it, and how a draft of the API holds it. */
import type { Schema } from "@/api/client";
import { amountOf } from "./money";

export type Draft = Schema<"DraftOut">;
export type Content = Draft["content"];

export interface Answers {
  policyId: string;
  /** Follows from the policy. */
  claimType: string;
  incidentDate: string;
  description: string;
  amount: string;
}

export const EMPTY: Answers = { policyId: "", claimType: "", incidentDate: "", description: "", amount: "" };

const FIELDS = {
  policyId: "user_policy_id",
  claimType: "claim_type",
  incidentDate: "incident_date",
  description: "description",
  amount: "claim_amount",
} as const;
export const NAMES = Object.keys(FIELDS) as (keyof Answers)[];

export function answersOf(content: Content): Answers {
  const fields = content as Record<string, string | null | undefined>;
  const found = { ...EMPTY };
  for (const name of NAMES) found[name] = fields[FIELDS[name]] ?? "";
  return found;
}

/** An amount goes as the API writes it as soon as it is one, so that what is kept can be filed. */
export function contentOf(answers: Answers): Content {
  const amount = amountOf(answers.amount) ?? answers.amount;
  return {
    user_policy_id: answers.policyId || null,
    claim_type: answers.claimType || null,
    incident_date: answers.incidentDate || null,
    description: answers.description || null,
    claim_amount: amount || null,
  };
}

export interface Merged {
  answers: Answers;
  /** What was changed here and elsewhere to different things; `answers` has it as it is here. */
  clashes: (keyof Answers)[];
}

/** Answers that were changed here and on another device since `base`. */
export function merged(base: Answers, mine: Answers, theirs: Answers): Merged {
  const answers = { ...mine };
  const clashes: Merged["clashes"] = [];
  for (const name of NAMES) {
    if (mine[name] === base[name]) answers[name] = theirs[name];
    else if (theirs[name] !== base[name] && theirs[name] !== mine[name]) clashes.push(name);
  }
  return { answers, clashes };
}
