import { expect, it } from "vitest";
import { columnsOf, daysBefore, duration, labelEvery, sumOf, ticks } from "@/pages/analytics/scales";
import { exportAddress, filtersOf } from "@/pages/analytics/queries";

it.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [17, [0, 5, 10, 15, 20]],
  [100, [0, 50, 100]],
  [81_944, [0, 50_000, 100_000]],
])("ticks up to %d are round and whole", (most, expected) => {
  expect(ticks(most)).toEqual(expected);
});

it("labels as many columns as have room", () => {
  expect([labelEvery(12, 900, 64), labelEvery(13, 300, 64), labelEvery(120, 900, 64), labelEvery(3, 0, 64)]).toEqual([1, 3, 9, 192]);
});

it("stacks the phases in the order of a claim, and keeps buckets without claims", () => {
  const item = { workflow: "hospital", status: "x" };
  const columns = columnsOf({
    buckets: ["2026-11-02", "2026-11-09"],
    items: [
      { ...item, starts: "2026-11-02", status_group: "decided", count: 2 },
      { ...item, starts: "2026-11-02", status_group: "intake", count: 3 },
      { ...item, starts: "2026-11-02", status_group: "decided", count: 1 },
    ],
  });
  expect(columns).toEqual([
    {
      starts: "2026-11-02",
      total: 6,
      parts: [
        { phase: "intake", from: 0, count: 3 },
        { phase: "decided", from: 3, count: 3 },
      ],
    },
    { starts: "2026-11-09", total: 0, parts: [] },
  ]);
});

it.each([
  [0, "1 min"],
  [59 * 60, "59 mins"],
  [3600, "1 hr"],
  [9.25 * 3600, "9.3 hrs"],
  [47 * 3600, "47 hrs"],
  [48 * 3600, "2 days"],
  [60 * 3600, "2.5 days"],
  [30.2 * 86_400, "30 days"],
])("says %d seconds as %s", (seconds, expected) => {
  expect(duration(seconds, "en")).toBe(expected);
});

it("adds amounts exactly", () => {
  expect(sumOf(["18250.00", "0.75", "9007199254740993.25"])).toBe("9007199254759244.00");
  expect([sumOf([]), sumOf(["5", "7"]), sumOf(["0.05"])]).toEqual(["0", "12", "0.05"]);
});

it("counts days over the ends of months", () => {
  expect([daysBefore("2026-03-01", 1), daysBefore("2026-11-26", 89)]).toEqual(["2026-02-28", "2026-08-29"]);
});

it("takes from the address what the API knows, and exports the same", () => {
  const filters = filtersOf(new URLSearchParams("from=2026-01-01&payer=PAY_001&hospital=&other=x"));
  expect(filters).toEqual({ from: "2026-01-01", payer: "PAY_001" });
  expect(exportAddress("amounts", filters)).toBe("/analytics/export.csv?table=amounts&from=2026-01-01&payer=PAY_001");
});
