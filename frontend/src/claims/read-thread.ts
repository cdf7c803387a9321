/** Whoever has the newest message before their eyes has read the thread; the other side is shown so. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { noticeEnd } from "@/api/cache";
import { api } from "@/api/client";
import type { Message } from "@/api/queries";

/** `end` is what stands below the last message: it is read once this has been in sight. Gives those that were new here, also once they are read. */
export function useReadMessages(claimId: string, said: readonly Message[] | undefined, end: RefObject<HTMLElement | null>): ReadonlySet<string> {
  const last = said?.at(-1);
  const upTo = said?.some((message) => message.is_new) ? last?.id : undefined;
  const sent = useRef<string>(undefined);
  useEffect(() => {
    const place = end.current;
    if (!upTo || !place || sent.current === upTo) return undefined;
    const observer = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting) || document.visibilityState !== "visible") return;
      observer.disconnect();
      sent.current = upTo;
      // A mark that fails is made at the next visit.
      api.post("/claims/{claim_id}/messages/read", { path: { claim_id: claimId }, body: { up_to: upTo } }).catch(noticeEnd);
    });
    observer.observe(place);
    return () => observer.disconnect();
  }, [claimId, upTo, end]);
  return useFresh(said);
}

function useFresh(said: readonly Message[] | undefined): ReadonlySet<string> {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const more = said?.filter(({ id, is_new: isNew }) => isNew && !fresh.has(id)) ?? [];
  if (more.length > 0) setFresh(new Set([...fresh, ...more.map(({ id }) => id)]));
  return fresh;
}
