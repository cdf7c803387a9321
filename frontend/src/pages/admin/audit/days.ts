/** Days of the reader as moments. */

/** When a day such as `"2026-11-02"`, or one so many days later, begins where the reader is; undefined for no day. */
export function dayStart(day: string, later: number): string | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return undefined;
  const moment = new Date(year, month - 1, date + later);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
