/** Whoever has the claim before them has read what was told about it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "@/api/client";
import { unreadQuery } from "@/api/queries";

export function useReadNotices(claimNumber: string): void {
  const cache = useQueryClient();
  const { data: unread } = useQuery(unreadQuery(claimNumber));
  useEffect(() => {
    if (!unread?.length) return;
    const marks = unread.map(({ id }) =>
      api.post("/notifications/{notification_id}/read", { path: { notification_id: id } }),
    );
    // A mark that fails is made at the next visit.
    void Promise.allSettled(marks).then(() => cache.invalidateQueries({ queryKey: ["notifications"] }));
  }, [unread, cache]);
}
