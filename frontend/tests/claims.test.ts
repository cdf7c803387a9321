import { expect, it } from "vitest";
import type { HistoryItem } from "@/api/queries";
import { standingOf } from "@/claims/standing";
import { PARTS } from "@/drafts/judge";
import { amountOf } from "@/drafts/money";
import { firstOpen, pageAfter, pageBefore, pageOfField } from "@/pages/filing/steps";
import { stepsOf } from "@/pages/claim/steps";

const claim = { status_group: "x", resolution: null, claim_amount: "100.00", approved_amount: null };

it.each([
  [{ ...claim, status: "pending" }, "pending"],
  [{ ...claim, status: "approved", approved_amount: "100.00" }, "approved"],
  [{ ...claim, status: "approved", approved_amount: "99.99" }, "approved.part"],
  [{ ...claim, status: "claim_approved", approved_amount: "9.00" }, "claim_approved.part"],
  [{ ...claim, status: "completed", resolution: "paid", approved_amount: "9.00" }, "completed.paid"],
  [{ ...claim, status: "completed" }, "completed"],
])("tells how a claim stands: %o", (shown, expected) => {
  expect(standingOf(shown)).toBe(expected);
});

function happened(...actions: string[]): HistoryItem[] {
  return actions.map((action, index) => ({
    id: String(index),
    type: "claim_status_updated",
    action,
    from_status: null,
    to_status: null,
    version: index + 1,
    actor: null,
    at: `2026-11-${10 + index}T00:00:00Z`,
    texts: {},
    details: {},
  }));
}

it.each([
  ["pending", null, ["submit"], ["done", "now", "ahead", "ahead", "ahead"]],
  ["under_review", null, ["submit", "start_review"], ["done", "done", "now", "ahead", "ahead"]],
  ["approved", null, ["submit", "start_review", "approve"], ["done", "done", "done", "done", "now"]],
  ["completed", "paid", ["submit", "start_review", "approve", "complete"], ["done", "done", "done", "done", "done"]],
  ["rejected", null, ["submit", "reject"], ["done", "done", "done", "refused", "no"]],
  ["under_review", null, ["submit", "start_review", "reject", "appeal"], ["done", "done", "now", "ahead", "ahead"]],
  ["completed", "withdrawn", ["submit", "withdraw"], ["done", "no", "no", "no", "no"]],
])("draws the line of a claim that is %s (%s)", (status, resolution, actions, expected) => {
  const steps = stepsOf({ status, resolution, created_at: "2026-11-10T00:00:00Z" }, happened(...actions));
  expect(steps.map(({ state }) => state)).toEqual(expected);
});

it("dates the review and the decision that stands, not one that was appealed", () => {
  const [, , review, decision] = stepsOf(
    { status: "approved", resolution: null, created_at: "2026-11-10T00:00:00Z" },
    happened("submit", "start_review", "reject", "appeal", "approve"),
  );
  expect([review?.at, decision?.at]).toEqual(["2026-11-14T00:00:00Z", "2026-11-14T00:00:00Z"]);
});

it.each([
  ["18250", "18250"],
  ["18,250.50", "18250.50"],
  ["₹ 1,00,000", "100000"],
  ["१२३४.५", "1234.5"],
  ["12.345", null],
  ["-5", null],
  ["9 lakh", null],
  ["", null],
])("reads the amount %j", (typed, expected) => {
  expect(amountOf(typed)).toBe(expected);
});

it("leads through filing in its order, and not past an answer that is missing", () => {
  expect([pageAfter("policy"), pageAfter("check"), pageBefore("policy"), pageBefore("check")]).toEqual([
    "when",
    "check",
    null,
    "documents",
  ]);
  expect([firstOpen("policy", PARTS), firstOpen("when", PARTS), firstOpen("amount", ["when"]), firstOpen("check", ["when"])]).toEqual([
    null,
    "policy",
    null,
    "when",
  ]);
  expect(firstOpen("check", [])).toBeNull();
  expect([pageOfField("incident_date"), pageOfField("claim_type"), pageOfField("body")]).toEqual([
    "when",
    "policy",
    "check",
  ]);
});
