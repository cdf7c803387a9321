/** What a claim that is being written says so far, as it was typed, and how a draft of the API holds it. */
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

/** What is answered in a claim of some kind, and how a draft of the API holds it. */
export interface Shape<A> {
  empty: A;
  of: (content: Content) => A;
  to: (answers: A) => Content;
}

export const RETAIL: Shape<Answers> = { empty: EMPTY, of: answersOf, to: contentOf };

export interface Merged<A> {
  answers: A;
  /** What was changed here and elsewhere to different things; `answers` has it as it is here. */
  clashes: (keyof A)[];
}

/** Answers that were changed here and on another device since `base`. */
export function merged<A extends object>(base: A, mine: A, theirs: A): Merged<A> {
  const answers = { ...mine };
  const clashes: (keyof A)[] = [];
  for (const name of Object.keys(mine) as (keyof A)[]) {
    if (isSame(mine[name], base[name])) answers[name] = theirs[name];
    else if (!isSame(theirs[name], base[name]) && !isSame(theirs[name], mine[name])) clashes.push(name);
  }
  return { answers, clashes };
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
