/** How long until a moment, or how late it is, right to the minute. */
import { useMemo, useSyncExternalStore } from "react";
import { type Language, useLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
// From so many days on, hours tell nothing.
const MANY_DAYS = 3;
/** What is due within a day is soon. */
export const SOON_MINUTES = DAY;

export interface Countdown {
  isLate: boolean;
  isSoon: boolean;
  /** One or two units, the largest first: `3 hrs 5 mins`. */
  length: string;
}

/** From one minute of the clock to the other, as people reckon who read both: negative when it is over. */
export function minutesUntil(due: string, now: number): number {
  return Math.floor(Date.parse(due) / MINUTE_MS) - Math.floor(now / MINUTE_MS);
}

export function countdown(due: string, now: number, language: Language): Countdown {
  const minutes = minutesUntil(due, now);
  return { isLate: minutes < 0, isSoon: minutes >= 0 && minutes <= SOON_MINUTES, length: lengthOf(Math.abs(minutes), language) };
}

/** A number of minutes as people say it. */
export function lengthOf(minutes: number, language: Language): string {
  const [days, hours] = [Math.floor(minutes / DAY), Math.floor((minutes % DAY) / HOUR)];
  const parts: [number, string][] = [
    [days, "day"],
    [days >= MANY_DAYS ? 0 : hours, "hour"],
    [days > 0 ? 0 : minutes % HOUR, "minute"],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => written(count, unit, language));
  return said.join(" ") || written(0, "minute", language);
}

function written(count: number, unit: string, language: Language): string {
  return new Intl.NumberFormat(`${language}-IN`, { style: "unit", unit, unitDisplay: "short" }).format(count);
}

/** "due in 3 hrs 5 mins" or "2 days late", and whether that is late or soon; of a choice how long it is open. */
export function useDue(due: string, isChoice = false): Countdown & { text: string } {
  const t = useText(messages);
  const language = useLanguage();
  const now = useMinute();
  return useMemo(() => {
    const left = countdown(due, now, language);
    return { ...left, text: t(isChoice ? "due.left" : left.isLate ? "due.late" : "due.in", { length: left.length }) };
  }, [due, isChoice, now, language, t]);
}

let minute = currentMinute();
let timer = 0;
const listeners = new Set<() => void>();

/** The time, as it was at the beginning of this minute; changes with each minute, in all places at once. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => minute);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearTimeout(timer);
    timer = 0;
  };
}

function tick(): void {
  const next = currentMinute();
  timer = window.setTimeout(tick, next + MINUTE_MS - Date.now());
  if (next === minute) return;
  minute = next;
  for (const listener of listeners) listener();
}

function currentMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
}
