/** Whether there is anything in the inbox that one has not looked at yet, and telling the server that one has. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { noticeEnd } from "@/api/cache";
import { api } from "@/api/client";
import { firstView } from "@/api/first-view";
import { headOf, headQuery, inboxQuery, keepHead } from "./inbox";

/** The badge: how many are unread, and whether some of them came since one looked last. */
export function useBadge(): { unread: number; hasUnseen: boolean } {
  const { data: head } = useQuery({ ...headQuery, enabled: false });
  const { unread, rev, seen_rev: seen } = head ?? { unread: 0, rev: 0, seen_rev: 0 };
  // Reading one is a change, too: only the list itself tells what is new. It is wanted at the next press anyway.
  const { data: list } = useInfiniteQuery({ ...inboxQuery({}), enabled: useIsThere() && unread > 0 && rev > seen });
  const newest = list?.pages[0]?.items ?? [];
  return { unread, hasUnseen: newest.some((notice) => notice.read_at === null && notice.rev > seen) };
}

/** For what shows the newest: while it is shown, what comes has been looked at. */
export function useLookingAt(): void {
  const cache = useQueryClient();
  const { hasUnseen } = useBadge();
  useEffect(() => {
    if (!hasUnseen) return;
    api.post("/notifications/seen", { body: {} }).then((head) => keepHead(cache, headOf(head)), noticeEnd);
  }, [hasUnseen, cache]);
}

/** Whether the first page is there, to which nothing of this belongs. */
function useIsThere(): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => void firstView.then(() => setThere(true)), []);
  return isThere;
}
