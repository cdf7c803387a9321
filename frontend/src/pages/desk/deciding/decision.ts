/** What a form of an action asks for and sends, worked out from what the API offers. Pure. */
import type { Place } from "@/api/queries";
import { amountOf } from "@/drafts/money";
import type { Fields } from "../acting";
import { isLess, units } from "./amount";
import type { Offer, StaffClaim } from "../queries";

/** In the order in which they are asked; those that no form here can ask for are left out. */
const ORDER = [
  "query_category",
  "missing_documents",
  "marks",
  "rejection_reason",
  "approved_amount",
  "resolution",
  "payment_reference",
  "remarks",
  "status_notes",
  "due_at",
] as const;
export type FieldName = (typeof ORDER)[number];

/** Fields that the person need not see, for only one value makes sense. */
const FIXED = new Set(["resolution"]);

export function fieldsOf({ requires, optional }: Offer): FieldName[] {
  return ORDER.filter((name) => !FIXED.has(name) && (requires.includes(name) || optional.includes(name)));
}

export interface Written {
  texts: Partial<Record<FieldName, string>>;
  items: string[];
  marks: readonly Place[];
}

export const NOTHING: Written = { texts: {}, items: [], marks: [] };

export type Missing = "missing" | "amount" | "overClaim" | "overCover" | "overLimit" | "partial" | "past";

/** What is wrong with what was written, by field: the same rules as the API's, told before it is sent. */
export function problemsOf(offer: Offer, written: Written, claim: StaffClaim, now: number): Partial<Record<FieldName, Missing>> {
  const problems: Partial<Record<FieldName, Missing>> = {};
  for (const name of fieldsOf(offer)) {
    if (name === "missing_documents") continue;
    const isGiven = name === "marks" ? written.marks.length > 0 : written.texts[name]?.trim();
    if (!isGiven && offer.requires.includes(name)) problems[name] = "missing";
  }
  if (fieldsOf(offer).includes("approved_amount")) Object.assign(problems, amountProblems(offer, written, claim));
  const due = written.texts.due_at;
  if (due && !(Date.parse(due) > now)) problems.due_at = "past";
  return problems;
}

function amountProblems(offer: Offer, written: Written, claim: StaffClaim): Partial<Record<FieldName, Missing>> {
  const amount = approved(written, claim);
  if (amount === null || units(amount) === 0n) return { approved_amount: "amount" };
  if (isLess(claim.claim_amount, amount)) return { approved_amount: "overClaim" };
  if (claim.policy && isLess(claim.policy.cover_left, amount)) return { approved_amount: "overCover" };
  if (claim.approval_limit && isLess(claim.approval_limit, amount)) return { approved_amount: "overLimit" };
  const reason = reasonField(offer);
  if (reason && isPartial(written, claim) && !written.texts[reason]?.trim()) return { [reason]: "partial" };
  return {};
}

/** The field that says why less is approved. */
export function reasonField(offer: Offer): FieldName | undefined {
  return fieldsOf(offer).find((name) => name === "status_notes" || name === "remarks");
}

/** The amount as the API takes it: all that was claimed unless another was written; null when that is none. */
export function approved({ texts }: Written, claim: StaffClaim): string | null {
  const typed = texts.approved_amount;
  return typed === undefined ? claim.claim_amount : amountOf(typed);
}

export function isPartial(written: Written, claim: StaffClaim): boolean {
  const amount = approved(written, claim);
  return amount !== null && isLess(amount, claim.claim_amount);
}

/** What is sent: only fields that the action takes and that say something. */
export function bodyOf(offer: Offer, written: Written, claim: StaffClaim): Fields {
  const body: Fields = {};
  for (const name of fieldsOf(offer)) {
    const text = written.texts[name]?.trim();
    if (name === "missing_documents") {
      if (written.items.length > 0) body[name] = written.items;
    } else if (name === "marks") {
      if (written.marks.length > 0) body[name] = [...written.marks];
    } else if (name === "approved_amount") {
      if (isPartial(written, claim)) body[name] = approved(written, claim) ?? "";
    } else if (text) {
      body[name] = name === "due_at" ? new Date(text).toISOString() : text;
    }
  }
  return body;
}

/** How the action ends, as far as it makes a difference to who is told what. */
export function outcomeOf(offer: Offer, written: Written, claim: StaffClaim): string | null {
  if (!fieldsOf(offer).includes("approved_amount")) return null;
  return isPartial(written, claim) ? "partial" : "full";
}
