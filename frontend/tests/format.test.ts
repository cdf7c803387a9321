import { expect, it } from "vitest";
import { formatIn } from "@/i18n/format";

const [en, hi] = [formatIn("en"), formatIn("hi")];

it.each([
  ["18250.00", "₹18,250"],
  ["500000.00", "₹5,00,000"],
  ["12345678.90", "₹1,23,45,678.90"],
  ["9007199254740993.25", "₹9,00,71,99,25,47,40,993.25"],
])("writes amounts with Indian grouping, exact to the last digit: %s", (amount, expected) => {
  expect(en.amount(amount, "INR")).toBe(expected);
});

it("writes the same day in every time zone", () => {
  expect([en.day("2026-11-02"), hi.day("2026-11-02")]).toEqual(["2 Nov 2026", "2 नव॰ 2026"]);
});

it.each([
  [512, "1 kB"],
  [15_231, "15 kB"],
  [10_485_760, "10 MB"],
  [1_572_864, "1.5 MB"],
])("writes %d bytes as %s", (bytes, expected) => {
  expect(en.size(bytes)).toBe(expected);
});

it("says how long ago, and from a week on when", () => {
  const before = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  expect([en.ago(before(5)), en.ago(before(7200)), en.ago(before(86_400))]).toEqual(["now", "2 hours ago", "yesterday"]);
  expect(en.ago("2020-01-05T12:00:00Z")).toBe("5 Jan 2020");
});
