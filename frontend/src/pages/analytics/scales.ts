/** Arithmetic of charts: round ticks, which labels fit, stacked parts, spans of time, exact sums. No drawing. */
import type { Language } from "@/i18n/preferences";
import type { ClaimsOverTime } from "./queries";

export const PHASES = ["intake", "review", "waiting", "answered", "decided", "disputed", "closed"] as const;
export type Phase = (typeof PHASES)[number];

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whole numbers from 0 to at least `most`, about `count` steps of 1, 2 or 5 times a power of ten. */
export function ticks(most: number, count = 4): number[] {
  const rough = Math.max(most, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power);
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, index) => index * step);
}

/** Every how many columns one can have a label of this width. */
export function labelEvery(columns: number, width: number, label: number): number {
  return Math.max(1, Math.ceil((columns * label) / Math.max(width, 1)));
}

export interface Column {
  starts: string;
  total: number;
  /** From the bottom to the top; only those that have a size. */
  parts: { phase: Phase; from: number; count: number }[];
}

/** A column for each bucket, also for those without claims. */
export function columnsOf({ buckets, items }: Pick<ClaimsOverTime, "buckets" | "items">): Column[] {
  return buckets.map((starts) => {
    const here = items.filter((item) => item.starts === starts);
    let total = 0;
    const parts = PHASES.flatMap((phase) => {
      const count = here.reduce((sum, item) => sum + (item.status_group === phase ? item.count : 0), 0);
      total += count;
      return count ? [{ phase, from: total - count, count }] : [];
    });
    return { starts, total, parts };
  });
}

/** "45 mins", "9 hrs", "2.5 days": in the unit in which it is a small number; at least a minute. */
export function duration(seconds: number, language: Language): string {
  const [unit, length] = seconds < HOUR ? (["minute", MINUTE] as const) : seconds < 2 * DAY ? (["hour", HOUR] as const) : (["day", DAY] as const);
  const value = Math.max(seconds, MINUTE) / length;
  const maximumFractionDigits = value < 10 && unit !== "minute" ? 1 : 0;
  return new Intl.NumberFormat(`${language}-IN`, { style: "unit", unit, maximumFractionDigits }).format(value);
}

/** The sum of amounts of one currency, exact: "18250.00" and "0.75" are "18250.75". */
export function sumOf(amounts: string[]): string {
  const places = Math.max(0, ...amounts.map((amount) => amount.split(".")[1]?.length ?? 0));
  const minor = amounts.reduce((sum, amount) => {
    const [whole = "0", fraction = ""] = amount.split(".");
    return sum + BigInt(whole + fraction.padEnd(places, "0"));
  }, 0n);
  const digits = String(minor).padStart(places + 1, "0");
  return places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
}

/** The day that lies so many days before another, both as the API writes them. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY * 1000).toISOString().slice(0, 10);
}

/** What today is in a zone, as the API writes it. */
export function todayIn(timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date());
}
