import { expect, it } from "vitest";
import { type Outlook, isBeyond, roughly } from "@/claims/outlook";

const HOUR = 3600;

it.each([
  [2 * 24 * HOUR, "2 days"],
  [36 * HOUR, "36 hours"],
  [45 * HOUR, "2 days"],
  [90 * 60, "90 minutes"],
  [5.4 * HOUR, "5 hours"],
  [10, "1 minute"],
])("says %d seconds in one unit: %s", (seconds, said) => {
  expect(roughly(seconds, "en")).toBe(said);
});

it("knows what is beyond the usual, where staff are waited for", () => {
  const outlook = { waits_for: "staff", expected_at: "2026-11-26T10:00:00Z" } as Outlook;
  const at = (time: string) => Date.parse(`2026-11-26T${time}Z`);
  expect(isBeyond(outlook, at("09:59:00"))).toBe(false);
  expect(isBeyond(outlook, at("10:01:00"))).toBe(true);
  expect(isBeyond({ ...outlook, waits_for: "filer" }, at("10:01:00"))).toBeNull();
  expect(isBeyond({ ...outlook, expected_at: null }, at("10:01:00"))).toBeNull();
});
