/** What waits for the hospital, told by the workflows' definitions and the claims' own data, in the order of its urgency. */
import { SOON_MINUTES, minutesUntil } from "@/claims/due";
import type { HospitalRow, Workflow } from "./queries";

const HOSPITAL = "hospital_user";

export interface OpenStatus {
  status: string;
  /** Whether the claim's clock runs against the hospital there; else acting is its choice, as contesting is. */
  isAwaited: boolean;
}

/** The statuses from which a hospital can do something. */
export function openStatuses(workflows: Workflow[]): OpenStatus[] {
  const found = workflows.flatMap(({ states, transitions }) => {
    const sources = new Set(transitions.filter(({ roles }) => roles.includes(HOSPITAL)).flatMap(({ from }) => from));
    return states
      .filter(({ code }) => sources.has(code))
      .map(({ code, clock }) => ({ status: code, isAwaited: clock === HOSPITAL }));
  });
  return found.filter(({ status }, place) => found.findIndex((each) => each.status === status) === place);
}

/** Of each status whom it waits for: a role, or nobody. */
export function clocks(workflows: Workflow[]): Map<string, string | null> {
  return new Map(workflows.flatMap(({ states }) => states.map(({ code, clock }) => [code, clock] as const)));
}

export interface Waiting {
  late: HospitalRow[];
  soon: HospitalRow[];
  later: HospitalRow[];
  /** Not awaited by anybody: decisions that can still be contested. */
  choice: HospitalRow[];
}

export function grouped(rows: HospitalRow[], statuses: OpenStatus[], now: number): Waiting {
  const isAwaited = new Map(statuses.map((each) => [each.status, each.isAwaited]));
  const found: Waiting = { late: [], soon: [], later: [], choice: [] };
  for (const row of rows.filter(({ waiting }) => waiting !== null).toSorted(byUrgency)) {
    found[isAwaited.get(row.status) ? groupOf(row, now) : "choice"].push(row);
  }
  return found;
}

function groupOf({ waiting }: HospitalRow, now: number): "late" | "soon" | "later" {
  if (!waiting?.due_at) return "later";
  const minutes = minutesUntil(waiting.due_at, now);
  if (minutes < 0) return "late";
  return minutes <= SOON_MINUTES ? "soon" : "later";
}

/** What is due first; then what has no end, the oldest first. */
function byUrgency({ waiting: one }: HospitalRow, { waiting: other }: HospitalRow): number {
  const due = (each: HospitalRow["waiting"]) => (each?.due_at ? Date.parse(each.due_at) : Infinity);
  const since = (each: HospitalRow["waiting"]) => Date.parse(each?.since ?? "");
  const [first, second] = [due(one), due(other)];
  return first === second ? since(one) - since(other) : first - second;
}
