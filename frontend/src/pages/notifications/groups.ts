/** Notifications by what they are about: the claim with the newest first. */
import { isAboutClaim, placeOf } from "@/claims/notice-place";
import type { Notice } from "@/live/inbox";

export interface Group {
  /** Of the claim. */
  id: string;
  number: string | null;
  isClaim: boolean;
  /** Its page; null for a claim of another system. */
  place: string | null;
  notices: Notice[];
}

export function grouped(notices: Notice[]): Group[] {
  const groups = new Map<string, Group>();
  for (const notice of notices) {
    const { claim_uuid: id, claim_id: number } = notice;
    const group = groups.get(id) ?? { id, number, isClaim: isAboutClaim(notice), place: placeOf(notice), notices: [] };
    group.notices.push(notice);
    groups.set(id, group);
  }
  return [...groups.values()];
}
