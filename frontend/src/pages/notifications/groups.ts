/** Notifications by what they are about: the claim with the newest first. */
import type { Notice } from "@/live/inbox";

export interface Group {
  /** Of the claim. */
  id: string;
  number: string | null;
  /** Whether the claim is one of this install. */
  isHere: boolean;
  notices: Notice[];
}

export function grouped(notices: Notice[]): Group[] {
  const groups = new Map<string, Group>();
  for (const notice of notices) {
    const { claim_uuid: id, claim_id: number, link } = notice;
    const group = groups.get(id) ?? { id, number, isHere: link !== null, notices: [] };
    group.notices.push(notice);
    groups.set(id, group);
  }
  return [...groups.values()];
}
