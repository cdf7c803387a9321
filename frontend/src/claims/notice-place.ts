/** Where a notification leads: to its claim, or, of what is about none, where the API says. */
import type { Schema } from "@/api/client";

type About = Pick<Schema<"NotificationOut">, "claim_id" | "claim_uuid" | "event_type" | "link">;

/** What admins are told of the install itself. */
const OF_INSTALL = /^(webhook_.*|login_burst|refresh_replayed|not_found_sweep|audit_check_failed|document_check_failed)$/;

/** Whether it is about a claim, of this install or elsewhere. */
export function isAboutClaim({ event_type: type }: Pick<About, "event_type">): boolean {
  return !OF_INSTALL.test(type);
}

/** A path of the app; null for what leads nowhere here. */
export function placeOf(notice: About): string | null {
  if (!notice.link) return null;
  if (isAboutClaim(notice)) return `/claims/${notice.claim_id ?? notice.claim_uuid}`;
  const { pathname, search } = new URL(notice.link);
  return pathname.replace(/^\/app/, "") + search;
}
