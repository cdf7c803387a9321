/** A workflow as its diagram takes it: states in layers by phase, and actions between them. */
import type { Workflow } from "../queries";

export const PHASES = ["intake", "waiting", "answered", "review", "decided", "disputed", "closed"];
export const START = "new";

export type Transition = Workflow["transitions"][number];

/** Everything an arrow through one label stands for: the same act, to the same state, from the same side. */
export interface Flow {
  id: string;
  label: string;
  roles: string[];
  sources: string[];
  to: string;
  /** Whether its sources lie above the state it leads to. */
  isDown: boolean;
}

type Shape = Pick<Workflow, "states" | "transitions">;

/** The layer of each state: the start is 0, phases follow two by two, as labels lie between. */
export function ranks({ states }: Shape): Map<string, number> {
  const used = PHASES.filter((phase) => states.some((state) => state.phase === phase));
  const placed = states.map(({ code, phase }): [string, number] => [code, 2 + 2 * used.indexOf(phase)]);
  return new Map([[START, 0], ...placed]);
}

export function flows(shape: Shape): Flow[] {
  const rankOf = ranks(shape);
  const found = new Map<string, Flow>();
  for (const { label, action, from, to, roles } of shape.transitions) {
    for (const source of from) {
      const isDown = (rankOf.get(source) ?? 0) < (rankOf.get(to) ?? 0);
      const id = [action, label, to, isDown ? "down" : "up", ...roles].join("|");
      const flow = found.get(id) ?? { id, label, roles, sources: [], to, isDown };
      if (!flow.sources.includes(source)) flow.sources.push(source);
      found.set(id, flow);
    }
  }
  return [...found.values()];
}

/** Where no way leads on. */
export function isFinal({ transitions }: Shape, code: string): boolean {
  return !transitions.some(({ from }) => from.includes(code));
}
