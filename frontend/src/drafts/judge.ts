/** What is still open in a claim that is being written: the rules of the questions, as the API judges when it is filed. */
import type { Policy } from "@/api/queries";
import type { Answers } from "./answers";
import { amountOf } from "./money";

export const MOST_LETTERS = 5000;

export type Part = "policy" | "when" | "what" | "amount";
export const PARTS: readonly Part[] = ["policy", "when", "what", "amount"];

export type Wrong =
  | "policy.missing"
  | "when.missing"
  | "when.future"
  | "when.outside"
  | "what.missing"
  | "what.long"
  | "amount.missing"
  | "amount.malformed"
  | "amount.zero"
  | "amount.over";

export function wrongDay(day: string, policy: Policy, today: string): Wrong | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return "when.missing";
  if (day > today) return "when.future";
  return day < policy.start_date || day > policy.end_date ? "when.outside" : null;
}

export function wrongStory(story: string): Wrong | null {
  if (!story.trim()) return "what.missing";
  return story.trim().length > MOST_LETTERS ? "what.long" : null;
}

export function wrongAmount(typed: string, policy: Policy): Wrong | null {
  if (!typed.trim()) return "amount.missing";
  const amount = Number(amountOf(typed) ?? Number.NaN);
  if (Number.isNaN(amount)) return "amount.malformed";
  if (amount <= 0) return "amount.zero";
  return amount > Number(policy.cover_amount) ? "amount.over" : null;
}

/** The parts that are missing or cannot stay so; what hangs on the policy is open until one is chosen. */
export function openParts(answers: Answers, policies: readonly Policy[], today: string): Part[] {
  const policy = policies.find(({ id, status }) => id === answers.policyId && status === "active");
  const isOpen: Record<Part, boolean> = {
    policy: !policy,
    when: !policy || wrongDay(answers.incidentDate, policy, today) !== null,
    what: wrongStory(answers.description) !== null,
    amount: !policy || wrongAmount(answers.amount, policy) !== null,
  };
  return PARTS.filter((part) => isOpen[part]);
}
