/** Dates, amounts and sizes as the reader's language writes them: Indian grouping, tabular figures by style. */
import { type Language, currentLanguage, useLanguage } from "./preferences";

const DAY = 86_400;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY],
  ["hour", 3600],
  ["minute", 60],
  ["second", 0],
];

export type Format = ReturnType<typeof formatIn>;

// One for all lines of a list: to make a formatter takes longer than to use it.
const made = new Map<Language, Format>();

export function useFormat(): Format {
  return formatOf(useLanguage());
}

function formatOf(language: Language): Format {
  const format = made.get(language) ?? formatIn(language);
  made.set(language, format);
  return format;
}

/** The first amount and the first day take the browser long: better while it waits for what is to be shown. */
export function prepareFormats(): void {
  const format = formatOf(currentLanguage());
  format.amount("1", "INR");
  format.day("2026-01-01");
}

export function formatIn(language: Language) {
  const locale = `${language}-IN`;
  const dates = once(() => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" }));
  const days = once(() => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }));
  const shortDates = once(() => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }));
  const shortDays = once(() => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }));
  const months = once(() => new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" }));
  const shares = once(() => new Intl.NumberFormat(locale, { style: "percent" }));
  const longDays = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" }));
  const times = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));
  const moments = once(() => new Intl.DateTimeFormat(locale, {
    weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit",
  }));
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const sizes = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
  const amounts = new Map<string, Intl.NumberFormat>();
  return {
    /** An amount as the API sends it, e.g. `"18250.00"`; whole ones without decimals. */
    amount(amount: string, currency: string): string {
      const digits = /^\d+(\.0+)?$/.test(amount) ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
      const kind = currency + Object.keys(digits).length;
      const format = amounts.get(kind) ?? new Intl.NumberFormat(locale, { style: "currency", currency, ...digits });
      amounts.set(kind, format);
      return format.format(amount as `${number}`);
    },
    /** A calendar day, e.g. `"2026-11-02"`, the same in every time zone. */
    day: (day: string) => days().format(new Date(`${day}T00:00:00Z`)),
    longDay: (day: string) => longDays().format(new Date(`${day}T00:00:00Z`)),
    /** Without the year, and with the month alone: for the axis of a chart. */
    shortDay: (day: string) => shortDays().format(new Date(`${day}T00:00:00Z`)),
    month: (day: string) => months().format(new Date(`${day}T00:00:00Z`)),
    /** A part of one, e.g. 0.62, as "62%". */
    share: (part: number) => shares().format(part),
    /** Without the year, for a line of steps. */
    shortDate: (instant: string) => shortDates().format(new Date(instant)),
    /** An instant in the reader's time zone, as a date or with its time. */
    date: (instant: string | Date) => dates().format(new Date(instant)),
    time: (instant: string) => times().format(new Date(instant)),
    /** Of this year, for what is due: with the day of the week. */
    moment: (instant: string | Date) => moments().format(new Date(instant)),
    /** "3 hours ago"; from a week on, the date. */
    ago(instant: string): string {
      const seconds = (Date.parse(instant) - Date.now()) / 1000;
      if (Math.abs(seconds) > 7 * DAY) return dates().format(new Date(instant));
      const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 0];
      return relative().format(length ? Math.round(seconds / length) : 0, unit);
    },
    size(bytes: number): string {
      if (bytes >= 1_048_576) return `${sizes().format(bytes / 1_048_576)} MB`;
      return `${sizes().format(Math.max(1, Math.round(bytes / 1024)))} kB`;
    },
    number: (value: number) => sizes().format(value),
    /** The name of a currency, e.g. "Indian Rupees". */
    currency: (code: string) => new Intl.DisplayNames(locale, { type: "currency" }).of(code) ?? code,
  };
}

/** Made when it is first asked for, and kept. */
function once<T>(make: () => T): () => T {
  let kept: T | undefined;
  return () => (kept ??= make());
}
