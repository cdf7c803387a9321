import { describe, expect, it } from "vitest";
import type { Row } from "@/pages/queue/queries";
import { askedOf, changed, extraOf, filtersOf, isKept, keptLink, keptOf, sortOf, viewLink, viewOf } from "@/pages/queue/address";
import { ageIn } from "@/pages/queue/age";
import { statusesOf, total } from "@/pages/queue/counting";
import { type Definition, keyOf, offersFor } from "@/pages/queue/offers";
import { NOTHING, allOf, ranged, toggled } from "@/pages/queue/selection";
import { compared, merged } from "@/pages/queue/steady";
import { bodyOf } from "@/pages/queue/tray/values";
import { reportOf } from "@/pages/queue/tray/report";
import { filled, fitting, moved } from "@/palette/items";

const at = (search: string) => new URLSearchParams(search);
const OURS = "intake,review,answered,disputed";

describe("the address of a queue", () => {
  it("is what there is to do when it says nothing, also of one workflow", () => {
    expect(filtersOf(at(""))).toEqual({ status_group: OURS });
    expect(filtersOf(at("workflow=retail"))).toEqual({ status_group: OURS, workflow: "retail" });
    expect(filtersOf(at("sort=claim_amount"))).toEqual({ status_group: OURS });
    expect(filtersOf(at("view=all"))).toEqual({});
    expect(filtersOf(at("text=fever"))).toEqual({ text: "fever" });
  });

  it("orders work by age, and what is over by the newest", () => {
    expect(sortOf(at(""))).toBe("created_at");
    expect(sortOf(at("view=all"))).toBe("-created_at");
    expect(sortOf(at("status_group=decided"))).toBe("-created_at");
    expect(sortOf(at("sort=-claim_amount"))).toBe("-claim_amount");
    expect(sortOf(at("sort=number"))).toBe("created_at");
  });

  it("asks the API for nothing that is not a filter", () => {
    expect(askedOf(at("view=all&cursor=x&owner=me"))).toEqual({ sort: "-created_at" });
  });

  it("says what it implied before once a filter is set, and no more when it is taken off", () => {
    const narrowed = changed(at(""), "hospital", "HOSP_001");
    expect(filtersOf(narrowed)).toEqual({ status_group: OURS, hospital: "HOSP_001" });
    expect(changed(narrowed, "hospital", "").toString()).toBe("");
    expect(changed(at("status_group=decided"), "status_group", "").toString()).toBe("view=all");
    expect(changed(at("view=all"), "sort", "updated_at").toString()).toBe("sort=updated_at&view=all");
    expect(changed(at("workflow=retail"), "sort", "updated_at").get("status_group")).toBeNull();
  });

  it.each(["todo", "mine", "nobodys", "review", "answered", "disputed", "waiting", "decided", "all"] as const)("leads to the view %s and back", (view) => {
    const there = at(viewLink(view, at("workflow=hospital&text=x")).slice(1));
    expect(viewOf(there)).toBe(view);
    expect(there.get("workflow")).toBe("hospital");
    expect(extraOf(there)).toEqual([]);
  });

  it("keeps the view while more filters narrow it", () => {
    const narrowed = at("assignee=none&status_group=intake,review,answered,disputed&claim_type=medical");
    expect(viewOf(narrowed)).toBe("nobodys");
    expect(extraOf(narrowed)).toEqual(["claim_type"]);
  });
});

it("keeps a view with its order, and without what was searched for", () => {
  const kept = keptOf(at("assignee=me&status_group=intake&text=ravi&sort=due_at"));
  expect(kept).toEqual({ assignee: "me", status_group: "intake", sort: "due_at" });
  expect(isKept(at(keptLink(kept)), kept)).toBe(true);
  expect(isKept(at("assignee=me&status_group=intake"), kept)).toBe(false);
  const everything = keptOf(at("view=all"));
  expect(everything).toEqual({ sort: "-created_at" });
  expect(isKept(at(keptLink(everything)), everything)).toBe(true);
});

it("counts a view by the groups of its statuses", () => {
  const counted = (workflow: string, status: string, group: string, count: number) => ({ workflow, status, status_group: group, count });
  const all = [counted("retail", "pending", "intake", 5), counted("hospital", "qc_query", "waiting", 2), counted("hospital", "odd", "review", 1)];
  const counts = { all, mine: [], nobodys: undefined };
  expect(total(statusesOf("todo", counts, ""))).toBe(6);
  expect(total(statusesOf("todo", counts, "hospital"))).toBe(1);
  expect(total(statusesOf("waiting", counts, ""))).toBe(2);
  expect(total(statusesOf("all", counts, ""))).toBe(8);
  expect(total(statusesOf("mine", counts, ""))).toBe(0);
  expect(total(statusesOf("nobodys", counts, ""))).toBeUndefined();
});

describe("a list that is read anew", () => {
  const rows = (...ids: string[]) => ids.map((id) => ({ id }));
  const ids = (list: { id: string }[]) => list.map(({ id }) => id).join("");

  it("keeps what is shown where it is, and counts what is new", () => {
    const shown = merged(rows("a", "b", "c"), rows("n", "a", "c"));
    expect(ids(shown)).toBe("abc");
    expect(compared(shown, rows("n", "a", "c"))).toMatchObject({ gone: new Set(["b"]), added: 1 });
  });

  it("adds the next page below", () => {
    expect(ids(merged(rows("a", "b"), rows("a", "b", "c", "d")))).toBe("abcd");
    expect(ids(merged(rows("a", "b"), rows("n", "a", "b", "c")))).toBe("abc");
  });

  it("shows the newest words of each row", () => {
    expect(merged([{ id: "a", status: "old" }], [{ id: "a", status: "new" }])).toEqual([{ id: "a", status: "new" }]);
  });

  it("leaves another list alone when nothing is the same", () => {
    expect(ids(merged(rows("a"), rows("x", "y")))).toBe("a");
    expect(ids(merged([], rows("x", "y")))).toBe("xy");
  });
});

describe("choosing rows", () => {
  const order = ["a", "b", "c", "d"];
  it("goes one by one, by ranges, and for all", () => {
    const one = toggled(NOTHING, "b");
    expect([...ranged(one, "d", order).ids]).toEqual(["b", "c", "d"]);
    expect([...ranged(toggled(one, "d"), "b", order).ids]).toEqual([]);
    expect([...toggled(one, "b").ids]).toEqual([]);
    expect([...ranged(NOTHING, "c", order).ids]).toEqual(["c"]);
    expect([...allOf(one, order).ids]).toEqual(order);
    expect([...allOf(allOf(one, order), order).ids]).toEqual([]);
  });
});

interface Step {
  action: string;
  label: string;
  from: string[];
  roles: string[];
  requires: string[];
  optional: string[];
}
const step = { action: "", label: "", from: ["pending"], to: "x", roles: ["admin"], requires: [], optional: [], guards: [], event: "e" };
const definition = (name: string, ...transitions: Partial<Step>[]) =>
  ({ name, version: 1, transitions: transitions.map((each) => ({ ...step, ...each })), events: [{ event: "e", tell: [{ audience: "claimant" }] }] }) as unknown as Definition;
const claim = (id: string, workflow: string, status = "pending") => ({ id, workflow, workflow_version: 1, status }) as Row;

it("offers what the definitions allow to the role, for those that stand there", () => {
  const retail = definition("retail", { action: "reject", label: "Reject", requires: ["status_notes"] }, { action: "withdraw", roles: ["policyholder"] });
  const own = definition(
    "own",
    { action: "reject", label: "Accept not", requires: ["status_notes"], optional: ["note"] },
    { action: "reject", label: "Refuse", requires: ["remarks"] },
    { action: "approve", label: "Approve", optional: ["approved_amount", "remarks"] },
  );
  const rows = [claim("1", "retail"), claim("2", "own"), claim("3", "own", "closed"), claim("4", "unknown")];
  const offers = offersFor(rows, new Map([retail, own].map((each) => [keyOf(each.name, each.version), each])), "admin");
  expect(offers.map(({ action, labels, rows: some, requires, optional }) => [action, labels, some.map(({ id }) => id), requires, optional])).toEqual([
    ["reject", ["Reject", "Accept not"], ["1", "2"], ["status_notes"], []],
    ["reject", ["Refuse"], ["2"], ["remarks"], []],
    ["approve", ["Approve"], ["2"], [], ["remarks"]],
  ]);
  expect(offers[0]?.audiences).toEqual(["claimant"]);
});

it("sends what was typed, and nothing that was left empty", () => {
  expect(bodyOf({ remarks: " Why? ", rejection_reason: " ", missing_documents: "Bill\n\n Slip ", due_at: "2026-11-30T10:00Z" })).toEqual({
    remarks: "Why?",
    missing_documents: ["Bill", "Slip"],
    due_at: "2026-11-30T10:00:00.000Z",
  });
});

it("tells those that were refused from those that are done", () => {
  const rows = [claim("1", "retail"), claim("2", "retail")];
  const problem = { status: 403, code: "over_limit", detail: "Too much." };
  const report = reportOf([{ claim_id: "1", status: "approved", problem: null }, { claim_id: "2", status: "pending", problem }], rows);
  expect(report.done).toBe(1);
  expect(report.refused.map(({ row, problem: refusal }) => [row.id, refusal.status, refusal.code])).toEqual([["2", 403, "over_limit"]]);
});

it("tells an age in one unit", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  expect(ageIn("en", "2026-11-23T11:00:00Z", now)).toBe("3 days");
  expect(ageIn("en", "2026-11-26T09:30:00Z", now)).toMatch(/^2 hrs?$/);
  expect(ageIn("en", "2026-11-26T12:00:30Z", now)).toMatch(/^0 min/);
});

it("finds things by the beginnings of their words", () => {
  const item = (label: string) => ({ id: label, label, icon: null as never, run: () => undefined });
  const all = [item("Take the next claim"), item("Sign out"), item("Language: हिन्दी")];
  expect(fitting(all, "ne ta").map(({ id }) => id)).toEqual(["Take the next claim"]);
  expect(fitting(all, "हि").map(({ id }) => id)).toEqual(["Language: हिन्दी"]);
  expect(fitting(all, "")).toHaveLength(3);
  expect(filled([{ title: "none", items: [] }])).toEqual([]);
  expect([moved(0, -1, 3), moved(2, 1, 3), moved(0, 1, 0)]).toEqual([2, 0, 0]);
});
