/** How long the step usually takes at which a claim stands, as people say it. */
import { queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import type { Language } from "@/i18n/preferences";

export type Outlook = Schema<"OutlookOut">;

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;
// Below so many of a unit the next smaller one is said: 36 hours, but 2 days.
const FEW = 1.75;

export function outlookQuery(number: string) {
  return queryOptions({
    queryKey: ["claims", "one", number, "outlook"],
    queryFn: () => api.get("/claims/{claim_id}/outlook", { path: { claim_id: number } }),
  });
}

/** A length in one round unit: "2 days", "5 hours". */
export function roughly(seconds: number, language: Language): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length * FEW) ?? ["minute", 60];
  const style = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(`${language}-IN`, style).format(Math.max(1, Math.round(seconds / size)));
}

/** Whether it is beyond the usual; null where nothing is usual, or nobody of staff is waited for. */
export function isBeyond({ waits_for: who, expected_at: expected }: Outlook, now: number): boolean | null {
  return who === "staff" && expected ? Date.parse(expected) < now : null;
}
