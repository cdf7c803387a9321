/** How long something has lasted, in one short word: "3 days", "5 hr". */
import { useMemo } from "react";
import { type Language, useLanguage } from "@/i18n/preferences";

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

export function ageIn(language: Language, instant: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ["minute", 60];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(`${language}-IN`, style).format(Math.floor(seconds / length));
}

export function useAge(): (instant: string) => string {
  const language = useLanguage();
  return useMemo(() => (instant: string) => ageIn(language, instant, Date.now()), [language]);
}
