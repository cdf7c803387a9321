/** Today where the install is, as the API counts days: `2026-11-02`. */
export function todayIn(timeZone: string | undefined): string {
  // Swedes write dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv", timeZone ? { timeZone } : {}).format(new Date());
}
