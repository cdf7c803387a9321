/** The plain line of progress of a retail claim, worked out from its status and history. */
import type { Claim, HistoryItem } from "@/api/queries";

const DECISIONS = new Set(["approve", "reject", "deny"]);

type Standing = Pick<Claim, "status" | "resolution" | "created_at">;
/** `refused` is a decision against the claimant, `no` what will not come any more. */
export type State = "done" | "now" | "ahead" | "refused" | "no";

export interface Step {
  name: "received" | "checks" | "review" | "decision" | "paid";
  state: State;
  at?: string | undefined;
}

/** The decision that stands: the last, unless it was appealed since. */
export function decisionOf(history: readonly HistoryItem[]): HistoryItem | undefined {
  const last = history.findLast(({ action }) => action === "appeal" || (action !== null && DECISIONS.has(action)));
  return last?.action === "appeal" ? undefined : last;
}

/** The steps of a retail claim as they are now. */
export function stepsOf({ status, resolution, created_at: filed }: Standing, history: readonly HistoryItem[]): Step[] {
  const at = (action: string) => history.findLast((event) => event.action === action)?.at;
  const decision = decisionOf(history);
  const isRefused = decision?.action === "reject";
  const ahead: State = resolution === "withdrawn" ? "no" : "ahead";
  const reached = (isPast: boolean) => (isPast ? "done" : ahead);
  const wasReviewed = at("start_review") !== undefined || decision !== undefined;
  return [
    { name: "received", state: "done", at: filed },
    { name: "checks", state: status === "pending" ? "now" : reached(wasReviewed), at: at("start_review") },
    { name: "review", state: status === "under_review" ? "now" : reached(decision !== undefined), at: decision?.at },
    { name: "decision", state: isRefused ? "refused" : reached(decision !== undefined), at: decision?.at },
    { name: "paid", ...payment(status, resolution, isRefused ? "no" : ahead), ...(resolution === "paid" && { at: at("complete") }) },
  ];
}

function payment(status: string, resolution: string | null, otherwise: State): { state: State } {
  if (resolution === "paid") return { state: "done" };
  return { state: status === "approved" ? "now" : otherwise };
}
