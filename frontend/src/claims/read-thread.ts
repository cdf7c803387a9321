/** Whoever has the newest message before their eyes has read the thread; the other side is shown so. */
import { type RefObject, useEffect, useRef } from "react";
import { noticeEnd } from "@/api/cache";
import { api } from "@/api/client";
import type { Message } from "@/api/queries";

/** `end` is what stands below the last message: it is read once this has been in sight. */
export function useReadMessages(claimId: string, said: readonly Message[] | undefined, end: RefObject<HTMLElement | null>): void {
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
}
