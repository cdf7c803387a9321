/** The desk's rules: what a form asks for and sends, what has changed, what is shown of a history. */
import { describe, expect, test } from "vitest";
import type { HistoryItem } from "@/api/queries";
import { difference, isLess, units } from "@/pages/desk/deciding/amount";
import { differences, eventsSince } from "@/pages/desk/deciding/changes";
import { type Written, bodyOf, fieldsOf, outcomeOf, problemsOf } from "@/pages/desk/deciding/decision";
import { inDays } from "@/pages/desk/deciding/due-field";
import { withItem } from "@/pages/desk/deciding/query-items";
import { byPerson, leftOut } from "@/pages/desk/deciding/told";
import { decisionIn, disputeIn } from "@/pages/desk/dispute";
import { linesOf, named } from "@/pages/desk/form-data";
import { isOf } from "@/pages/desk/history";
import { numbersIn, placeIn } from "@/pages/desk/place";
import type { Offer, StaffClaim } from "@/pages/desk/queries";
import { clamped } from "@/pages/desk/split";
import { START, scaleOf, turned, zoomed } from "@/pages/desk/viewer/view";

const CLAIM = {
  status: "qc_clear",
  claim_amount: "92500.00",
  approved_amount: null,
  approval_limit: null,
  policy: null,
  assignee: null,
  documents: [],
  updated_at: "2026-11-20T10:00:00Z",
} as unknown as StaffClaim;
const APPROVE = { action: "approve", requires: [], optional: ["approved_amount", "remarks"] } as unknown as Offer;
const QUERY = { action: "raise_query", requires: ["remarks", "query_category"], optional: ["missing_documents", "marks", "due_at"] } as unknown as Offer;
const write = (texts: Written["texts"], items: string[] = [], marks: Written["marks"] = []): Written => ({ texts, items, marks });
const NOW = Date.parse("2026-11-20T12:00:00Z");

describe("amounts", () => {
  test("are compared exactly, however large", () => {
    expect(units("9999999999999.99")).toBe(999999999999999n);
    expect(isLess("18250.09", "18250.10")).toBe(true);
    expect(isLess("100", "99.99")).toBe(false);
    expect(difference("92500.00", "80000.50")).toBe("12499.50");
    expect(difference("1.00", "2.00")).toBe("0.00");
  });
});

describe("a decision", () => {
  test("asks for the fields that the action takes, in their order", () => {
    expect(fieldsOf(QUERY)).toEqual(["query_category", "missing_documents", "marks", "remarks", "due_at"]);
    expect(fieldsOf({ ...APPROVE, optional: ["resolution", "payment_reference", "status_notes"] })).toEqual(["payment_reference", "status_notes"]);
  });

  test("approves all that was claimed unless another amount was written", () => {
    expect(bodyOf(APPROVE, write({}), CLAIM)).toEqual({});
    expect(outcomeOf(APPROVE, write({}), CLAIM)).toBe("full");
    expect(bodyOf(APPROVE, write({ approved_amount: "80,000", remarks: " Room rent. " }), CLAIM)).toEqual({
      approved_amount: "80000",
      remarks: "Room rent.",
    });
    expect(outcomeOf(APPROVE, write({ approved_amount: "80,000" }), CLAIM)).toBe("partial");
  });

  test("says why it approves less", () => {
    expect(problemsOf(APPROVE, write({ approved_amount: "80000" }), CLAIM, NOW)).toEqual({ remarks: "partial" });
    expect(problemsOf(APPROVE, write({ approved_amount: "80000", remarks: "Room rent." }), CLAIM, NOW)).toEqual({});
  });

  test.each([
    ["0", {}, "amount"],
    ["twelve", {}, "amount"],
    ["92500.01", {}, "overClaim"],
    ["60000", { approval_limit: "50000.00" }, "overLimit"],
    ["60000", { policy: { cover_left: "59999.99" } }, "overCover"],
  ])("does not approve %s of %o", (amount, claim, problem) => {
    const written = write({ approved_amount: amount, remarks: "Why." });
    expect(problemsOf(APPROVE, written, { ...CLAIM, ...claim } as StaffClaim, NOW)).toEqual({ approved_amount: problem });
  });

  test("names what a query lacks, and no time that has passed", () => {
    expect(problemsOf(QUERY, write({ due_at: "2020-01-01T18:00" }), CLAIM, NOW)).toEqual({
      query_category: "missing",
      remarks: "missing",
      due_at: "past",
    });
    const marks = [{ document_id: "a", page: 2, x: 0.1, y: 0.2, width: 0.3, height: 0.05 }];
    const whole = write({ query_category: "billing", remarks: "Which stent?", due_at: "2026-12-01T18:00" }, ["Invoice"], marks);
    expect(problemsOf(QUERY, whole, CLAIM, NOW)).toEqual({});
    expect(bodyOf(QUERY, whole, CLAIM)).toEqual({
      query_category: "billing",
      missing_documents: ["Invoice"],
      marks,
      remarks: "Which stent?",
      due_at: new Date("2026-12-01T18:00").toISOString(),
    });
  });

  test("items are lines, each once", () => {
    expect(withItem(["Bill"], "  Stamped \n bill ")).toEqual(["Bill", "Stamped bill"]);
    expect(withItem(["Bill"], "Bill")).toEqual(["Bill"]);
    expect(withItem(["Bill"], "  ")).toEqual(["Bill"]);
  });

  test("so many days from now is the end of a working day", () => {
    expect(inDays(new Date(2026, 11, 30, 9), 3)).toBe("2027-01-02T18:00");
  });

  test("leaves out what says nothing of the person", () => {
    const left = (reason: string) => ({ user_id: "1", user_name: "Nisha", user_role: "hospital_user", audience: "a", channel: "push", reason });
    expect(leftOut({ excluded: ["no_target", "muted", "not_configured"].map(left) })).toEqual([left("muted")]);
  });

  test("each person is told once, by all their ways", () => {
    const told = (channel: string) => ({ user_id: "1", user_name: "Nisha", user_role: "hospital_user", audience: "hospital_users", channel, reason: "works" });
    expect(byPerson({ recipients: [told("inbox"), told("email")] })).toEqual([{ id: "1", name: "Nisha", reason: "works", channels: ["inbox", "email"] }]);
  });
});

describe("a conflict", () => {
  const event = (id: string, type: string): HistoryItem => ({ id, type, action: null, at: "2026-11-20T10:00:01Z" }) as unknown as HistoryItem;

  test("is what happened since, without what was merely said", () => {
    const history = [event("01", "claim_pending"), event("02", "claim_message"), event("03", "claim_approved")];
    expect(eventsSince({ claim: CLAIM, lastEvent: "01" }, history).map(({ id }) => id)).toEqual(["03"]);
    expect(eventsSince({ claim: CLAIM, lastEvent: undefined }, history).map(({ id }) => id)).toEqual(["01", "03"]);
  });

  test("compares what stands differently", () => {
    expect(differences(CLAIM, { ...CLAIM, status: "claim_approved", approved_amount: "1.00" })).toEqual(["status", "approved_amount"]);
    expect(differences(CLAIM, { ...CLAIM })).toEqual([]);
  });
});

test("a dispute is shown until it is decided", () => {
  const moves = (...actions: string[]) => actions.map((action) => ({ action }));
  expect(disputeIn(moves("submit", "deny", "contest"))).toEqual(moves("contest", "deny"));
  expect(disputeIn(moves("submit", "deny", "contest", "request_info"))).toEqual(moves("contest", "deny"));
  expect(disputeIn(moves("submit", "deny", "contest", "approve"))).toEqual([]);
  expect(disputeIn(moves("submit", "deny"))).toEqual([]);
});

test("the decision that stands is the last, unless it is disputed", () => {
  const moves = (...actions: string[]) => actions.map((action) => ({ action }));
  expect(decisionIn(moves("submit", "deny", "contest", "approve", "complete"))).toEqual({ action: "approve" });
  expect(decisionIn(moves("submit", "deny", "contest"))).toBeUndefined();
  expect(decisionIn(moves("submit"))).toBeUndefined();
});

test("a history is filtered by kind", () => {
  const note = { type: "claim_note", action: null };
  expect((["all", "moves", "documents", "talk", "internal"] as const).filter((filter) => isOf(filter, note))).toEqual(["all", "talk", "internal"]);
  expect(isOf("documents", { type: "claim_documents_added", action: null })).toBe(true);
  expect(isOf("moves", { type: "claim_denied", action: "deny" })).toBe(true);
});

test("a form of a hospital is told line by line, however deep", () => {
  expect(linesOf({ age: 61, day_care: true, contact: { relation: "daughter", phones: ["1", "2"] }, room: null })).toEqual([
    ["age", "61"],
    ["day_care", "true"],
    ["contact.relation", "daughter"],
    ["contact.phones", "1, 2"],
    ["room", "–"],
  ]);
  expect(named("contact.next_of_kin")).toBe("Contact next of kin");
});

test("the neighbours of a claim are those of its list", () => {
  const rows = (...numbers: string[]) => numbers.map((claim_number) => ({ claim_number }));
  expect(numbersIn({ pages: [{ items: rows("A", "B") }, { items: rows("C") }] })).toEqual(["A", "B", "C"]);
  expect(numbersIn({ items: rows("A") })).toEqual(["A"]);
  expect(numbersIn(undefined)).toEqual([]);
  expect(placeIn(["A", "B", "C"], "B")).toEqual({ before: "A", after: "C", at: 2, of: 3 });
  expect(placeIn(["A"], "X")).toEqual({ before: undefined, after: undefined, at: 0, of: 0 });
});

describe("a document's view", () => {
  const page = { width: 600, height: 800 };

  test("fits the width, the page, or is as large as one wants, turned or not", () => {
    const window = { width: 624, height: 424 };
    expect(scaleOf(START, page, window)).toBe(1);
    expect(scaleOf({ ...START, fit: "page" }, page, window)).toBe(0.5);
    expect(scaleOf({ ...START, fit: "free", scale: 3 }, page, window)).toBe(3);
    expect(scaleOf(turned(START), page, window)).toBe(0.75);
  });

  test("zooms in steps from what is shown, to an end", () => {
    expect(zoomed(START, 1.07, 1)).toMatchObject({ fit: "free", scale: 1.1 });
    expect(zoomed(START, 1.07, -1)).toMatchObject({ fit: "free", scale: 1 });
    expect(zoomed(START, 5, 1).scale).toBe(5);
  });

  test("turns around and comes back", () => {
    expect(turned(turned(turned(turned(START))))).toEqual(START);
  });

  test("panes keep room for both sides", () => {
    expect([clamped(3), clamped(50), clamped(98)]).toEqual([25, 50, 75]);
  });
});
