/** What became of a claim since somebody opened a form on it. Pure. */
import type { HistoryItem } from "@/api/queries";
import type { StaffClaim } from "../queries";

/** The claim as it was when the form was opened, and what had last happened to it. */
export interface Opened {
  claim: StaffClaim;
  lastEvent: string | undefined;
}

// What is said beside the claim changes nothing in it.
const TALK = new Set(["claim_message", "claim_note"]);

export function opened(claim: StaffClaim, history: readonly HistoryItem[] | undefined): Opened {
  return { claim, lastEvent: history?.at(-1)?.id };
}

/** What happened since, oldest first; ids of events grow with time. */
export function eventsSince({ lastEvent, claim }: Opened, history: readonly HistoryItem[]): HistoryItem[] {
  const isNew = ({ id, at }: HistoryItem) => (lastEvent ? id > lastEvent : at > claim.updated_at);
  return history.filter((event) => isNew(event) && !TALK.has(event.type));
}

export interface Difference {
  what: "status" | "approved_amount" | "assignee" | "documents" | "claim_amount";
  before: StaffClaim;
  now: StaffClaim;
}

/** What stands differently now. */
export function differences(before: StaffClaim, now: StaffClaim): Difference["what"][] {
  const standing = (claim: StaffClaim): Record<Difference["what"], unknown> => ({
    status: claim.status,
    claim_amount: claim.claim_amount,
    approved_amount: claim.approved_amount,
    assignee: claim.assignee?.id,
    documents: claim.documents.map(({ id, verification }) => id + verification).join(),
  });
  const [then, since] = [standing(before), standing(now)];
  return (Object.keys(then) as Difference["what"][]).filter((what) => then[what] !== since[what]);
}
