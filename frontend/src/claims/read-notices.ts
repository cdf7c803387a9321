/** Whoever has a claim before them has read what was told about it. For the claim's page of every role. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { noticeEnd } from "@/api/cache";
import { api } from "@/api/client";
import { headQuery, unreadQuery } from "@/live/inbox";
import { takeMark } from "@/live/marks";

export function useReadNotices(claimNumber: string): void {
  const cache = useQueryClient();
  const isLookedAt = useSyncExternalStore(whenVisible, () => document.visibilityState === "visible");
  const { data: head } = useQuery({ ...headQuery, enabled: false });
  const { data: unread } = useQuery({ ...unreadQuery(claimNumber), enabled: head?.unread !== 0 });
  const sent = useRef(new Set<string>());
  useEffect(() => {
    if (!isLookedAt) return;
    const left = (unread ?? []).filter(({ id }) => !sent.current.has(id));
    for (const { id } of left) {
      sent.current.add(id);
      // A mark that fails is made at the next visit.
      api
        .post("/notifications/{notification_id}/read", { path: { notification_id: id } })
        .then((answer) => takeMark(cache, answer), noticeEnd);
    }
  }, [unread, isLookedAt, cache]);
}

function whenVisible(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
