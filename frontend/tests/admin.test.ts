/** What administration works out by itself: places in a diagram, lines of an event, days, choices. */
import { describe, expect, test } from "vitest";
import { dataLines } from "@/pages/admin/audit/data-lines";
import { dayStart } from "@/pages/admin/audit/days";
import { tookSeconds } from "@/pages/admin/deliveries/attempts";
import { choices, withChoice } from "@/pages/admin/organisations/defaults";
import { moved } from "@/pages/admin/parts/picker";
import { assignedKinds } from "@/pages/admin/users/roles";
import { actionWidth, drawn, stateWidth } from "@/pages/admin/workflows/geometry";
import { type Layout, type Node, crossings, layout } from "@/pages/admin/workflows/layout";
import { flows, isFinal, ranks } from "@/pages/admin/workflows/machine";

type Shape = Parameters<typeof layout>[0];

const state = (code: string, phase: string) => ({ code, phase, clock: null, labels: { filer: code, staff: code } });
const act = (action: string, from: string[], to: string, roles = ["claim_processor", "admin"]) => ({
  action,
  label: action,
  from,
  to,
  roles,
  requires: [],
  optional: [],
  guards: [],
  event: "x",
});
const HOSPITAL: Shape = {
  states: [
    state("pending", "intake"),
    state("query", "waiting"),
    state("info", "waiting"),
    state("answered", "answered"),
    state("informed", "answered"),
    state("clear", "review"),
    state("approved", "decided"),
    state("denied", "decided"),
    state("contested", "disputed"),
  ],
  transitions: [
    act("submit", ["new"], "pending", ["hospital_user"]),
    act("query", ["pending", "answered"], "query"),
    act("answer", ["query"], "answered", ["hospital_user"]),
    act("ask", ["pending", "answered", "clear", "informed", "contested"], "info"),
    act("inform", ["info"], "informed", ["hospital_user"]),
    act("clear", ["pending", "answered", "informed"], "clear"),
    act("approve", ["clear", "contested"], "approved"),
    act("approve", ["informed"], "approved"),
    act("deny", ["pending", "answered", "clear", "informed"], "denied"),
    act("uphold", ["contested"], "denied"),
    act("contest", ["denied"], "contested", ["hospital_user"]),
  ],
};
// What an operator may write: acts that stay where they are, or go to a state of the same phase.
const ODD: Shape = {
  states: [state("a", "intake"), state("b", "intake"), state("c", "closed")],
  transitions: [act("submit", ["new"], "a"), act("stay", ["a"], "a"), act("over", ["a"], "b"), act("end", ["a", "b"], "c")],
};

function placed(shape: Shape): Layout {
  return layout(shape, (id, flow) => (flow ? actionWidth(flow.label) : stateWidth(id)));
}

describe("the diagram of a workflow", () => {
  test("layers follow the phases, and only those there are", () => {
    expect(Object.fromEntries(ranks(ODD))).toEqual({ new: 0, a: 2, b: 2, c: 4 });
  });

  test("one action to one state is one label for all its sources on the same side", () => {
    const ask = flows(HOSPITAL).filter(({ label }) => label === "ask");
    expect(ask.map(({ isDown, sources }) => [isDown, sources])).toEqual([
      [true, ["pending"]],
      [false, ["answered", "clear", "informed", "contested"]],
    ]);
    const approve = flows(HOSPITAL).filter(({ label }) => label === "approve");
    expect(approve.map(({ sources }) => sources)).toEqual([["clear", "informed"], ["contested"]]);
  });

  test.each([HOSPITAL, ODD])("nothing lies on anything else, and every way goes from layer to layer", (shape) => {
    const { nodes, pieces, width, rankCount } = placed(shape);
    for (let rank = 0; rank < rankCount; rank++) {
      const layer = nodes.filter((node) => node.rank === rank).toSorted((a, b) => a.x - b.x);
      for (const [at, node] of layer.slice(1).entries()) expect(left(node)).toBeGreaterThanOrEqual(right(layer[at]));
    }
    expect(pieces.filter(({ from, to }) => Math.abs(from.rank - to.rank) !== 1)).toEqual([]);
    expect(Math.min(...nodes.map(left))).toBeCloseTo(0);
    expect(Math.max(...nodes.map(right))).toBeCloseTo(width);
  });

  test("every action of every state has a way that ends at the right state", () => {
    const { pieces } = placed(HOSPITAL);
    for (const { label, from, to } of HOSPITAL.transitions) {
      for (const source of from) expect(reaches(pieces, source, label), `${label} from ${source}`).toBe(to);
    }
  });

  test("few ways cross, and it is drawn alike each time", () => {
    const { nodes, pieces, rankCount } = placed(HOSPITAL);
    const layers = Array.from({ length: rankCount }, (_, rank) => nodes.filter((node) => node.rank === rank).toSorted((a, b) => a.x - b.x));
    expect(crossings(layers, pieces)).toBeLessThanOrEqual(8);
    expect(drawn(placed(HOSPITAL)).lines).toEqual(drawn(placed(HOSPITAL)).lines);
  });

  test("ways are drawn within the figure, with an arrow where a state is come to", () => {
    const { lines, width, height } = drawn(placed(HOSPITAL));
    const numbers = lines.flatMap(({ path }) => path.match(/-?[\d.]+/g)?.map(Number) ?? []);
    expect(Math.min(...numbers)).toBeGreaterThan(0);
    expect(Math.max(...numbers)).toBeLessThan(Math.max(width, height));
    expect(lines.filter(({ hasArrow }) => hasArrow)).toHaveLength(flows(HOSPITAL).length);
  });

  test("a state from which nothing leads on is an end", () => {
    expect(HOSPITAL.states.filter(({ code }) => isFinal(HOSPITAL, code)).map(({ code }) => code)).toEqual(["approved"]);
  });
});

function left(node: Node): number {
  return node.x - node.width / 2;
}

function right(node: Node | undefined): number {
  return node ? node.x + node.width / 2 : 0;
}

/** The state to which the ways of this action lead from here. */
function reaches(pieces: Layout["pieces"], source: string, label: string): string | undefined {
  let at = source;
  for (let steps = 0; steps < 20; steps++) {
    const next = pieces.find(({ from, flow }) => from.id === at && flow.label === label && (steps > 0 || flow.sources.includes(source)));
    if (!next) return undefined;
    if (next.to.kind === "state") return next.to.id;
    at = next.to.id;
  }
  return undefined;
}

describe("what an event records", () => {
  test("nested values are lines of their own, and nothing empty is shown", () => {
    const data = { from: "pending", amount: null, fields: ["name", "level"], off: [], at: { n: 2, by: { kind: "x" } }, done: false };
    expect(dataLines(data)).toEqual([
      ["from", "pending"],
      ["fields", "name, level"],
      ["at.n", "2"],
      ["at.by.kind", "x"],
      ["done", "false"],
    ]);
  });

  test("a day begins where the reader is, and the last one is counted in", () => {
    const begin = new Date(2026, 10, 30).toISOString();
    expect(dayStart("2026-11-30", 0)).toBe(begin);
    expect(dayStart("2026-11-30", 1)).toBe(new Date(2026, 11, 1).toISOString());
    expect(dayStart("soon", 0)).toBeUndefined();
  });
});

test("an attempt took tenths of a second, and nothing while it runs", () => {
  expect(tookSeconds({ started_at: "2026-11-22T06:30:00Z", ended_at: "2026-11-22T06:30:01.260Z" })).toBe(1.3);
  expect(tookSeconds({ started_at: "2026-11-22T06:30:00Z", ended_at: null })).toBeNull();
});

test("in a picker the arrows go around the ends", () => {
  expect([moved(0, 1, 3), moved(2, 1, 3), moved(0, -1, 3), moved(0, 1, 0)]).toEqual([1, 0, 2, 0]);
});

test("desks work for hospitals, processors for both, others for nobody", () => {
  expect(["hospital_user", "claim_processor_l3", "admin"].map(assignedKinds)).toEqual([["hospital"], ["hospital", "payer"], []]);
});

test("off is a choice of the organisation, on is what applies anyway, and what is mandatory is never sent", () => {
  const box = (category: string, isLocked = false) => ({
    category,
    channel: "email",
    is_on: true,
    chosen: isLocked ? true : null,
    defaults: [],
    is_locked: isLocked,
    locked_because: null,
    is_configured: true,
  });
  const before = [box("progress"), box("decision", true)];
  const off = withChoice(before, { category: "progress", channel: "email", isOn: false });
  expect(choices(off)).toEqual([{ category: "progress", channel: "email", is_on: false }]);
  expect(choices(withChoice(off, { category: "progress", channel: "email", isOn: true }))).toEqual([]);
});
