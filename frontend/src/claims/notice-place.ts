/** Where a notification leads: to its claim, or, of what is about none, where the API says. */
import type { Schema } from "@/api/client";

type About = Pick<Schema<"NotificationOut">, "claim_id" | "claim_uuid" | "event_type" | "link">;

/** Whether it is about a claim, of this install or elsewhere. */
export function isAboutClaim({ event_type: type }: Pick<About, "event_type">): boolean {
  return !type.startsWith("webhook_");
}

/** A path of the app; null for what leads nowhere here. */
export function placeOf(notice: About): string | null {
  if (!notice.link) return null;
  if (isAboutClaim(notice)) return `/claims/${notice.claim_id ?? notice.claim_uuid}`;
  return new URL(notice.link).pathname.replace(/^\/app/, "");
}
