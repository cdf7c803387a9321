/** The dispute that is to be decided: the last decision and what was said against it, unless it was decided since. Pure. */
import type { HistoryItem } from "@/api/queries";

const DISPUTES = new Set(["contest", "appeal"]);
const DECISIONS = new Set(["approve", "reject", "deny"]);

type Moved = Pick<HistoryItem, "action">;

export function isDispute({ action }: Moved): boolean {
  return action !== null && DISPUTES.has(action);
}

/** The decision that stands; none while it is disputed, or before there is one. */
export function decisionIn<Event extends Moved>(history: readonly Event[]): Event | undefined {
  const last = history.findLast((event) => isDispute(event) || (event.action !== null && DECISIONS.has(event.action)));
  return last && !isDispute(last) ? last : undefined;
}

/** Newest first: the dispute, then the decision; nothing when none is open. */
export function disputeIn<Event extends Moved>(history: readonly Event[]): Event[] {
  const isDecision = ({ action }: Moved) => action !== null && (DECISIONS.has(action) || action === "withdraw");
  const at = history.findLastIndex(isDispute);
  const dispute = history[at];
  if (!dispute || history.slice(at).some(isDecision)) return [];
  const decision = history.slice(0, at).findLast(isDecision);
  return decision ? [dispute, decision] : [dispute];
}
