/** The matrix of what is told by which channel, worked out from the API's list and back. */
import type { Schema } from "@/api/client";

export type Preference = Schema<"PreferenceOut">;
export type Choice = Schema<"ChoiceIn">;
export type QuietHours = Schema<"QuietHours">;

/** What is worth a column: e-mail, which everybody expects, and what this install has beside it. */
export function channelsOf(preferences: readonly Preference[]): string[] {
  const all = [...new Set(preferences.map(({ channel }) => channel))];
  return all.filter((channel) => channel === "email" || preferences.some((each) => each.channel === channel && each.is_configured));
}

/** What is sent: every choice that was made before or now; the rest goes by the defaults. */
export function choicesOf(preferences: readonly Preference[], changed: ReadonlyMap<string, boolean>): Choice[] {
  return preferences.flatMap((each) => {
    const isOn = changed.get(nameOf(each)) ?? each.chosen;
    if (isOn === null || each.is_locked) return [];
    return [{ category: each.category, channel: each.channel, is_on: isOn } as Choice];
  });
}

export function nameOf({ category, channel }: Pick<Preference, "category" | "channel">): string {
  return `${category}.${channel}`;
}

/** The time zones that the browser knows, with the present one, which may have an older name. */
export function zones(present: string): string[] {
  return [...new Set([present, ...Intl.supportedValuesOf("timeZone")])].filter(Boolean).toSorted();
}

/** The zone of this device. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
