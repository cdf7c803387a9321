/** Keeps what is shown as it is, without being loaded anew: by the live stream, or by asking now and then. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useMe } from "@/api/session";
import { useNoticeWords } from "@/claims/notice-words";
import { useText } from "@/i18n/text";
import { gather } from "./gather";
import { type Notice, forgetHeard, headQuery, prepareHead, revAtFirst } from "./inbox";
import { messages } from "./messages";
import { catchUp, readClaims, take } from "./news";
import { SharedStream } from "./shared";
import type { Heard } from "./stream";

const LISTS = { wait: 50, apart: 50 };
const CLAIMS = { wait: 250, apart: 3000 };
const SPOKEN = { wait: 400, apart: 6000 };
const ASK_MS = 30_000;

/** Stands once in every page of a signed-in person; says aloud what is new. */
export function Live() {
  const { id } = useMe();
  const cache = useQueryClient();
  const [isLive, setLive] = useState(true);
  const [spoken, setSpoken] = useState<Notice[]>([]);
  useEffect(() => keepUp(cache, id, setLive, setSpoken), [cache, id]);
  useAsking(!isLive);
  return <Announcement notices={spoken} />;
}

function keepUp(cache: QueryClient, user: string, live: (isLive: boolean) => void, speak: (notices: Notice[]) => void): () => void {
  const claims = gather<Notice>(CLAIMS, (notices) => readClaims(cache, notices));
  const aloud = gather<Notice>(SPOKEN, speak);
  // Known since the page was asked for, but for who has just signed in.
  prepareHead(cache);
  const lists = gather<Heard>(LISTS, (all) => {
    for (const { notice, isListed } of take(cache, all)) {
      // Also when it is listed: its claim may have been read before the list.
      claims.add(notice);
      if (!isListed && isWorthSaying(notice, user)) aloud.add(notice);
    }
  });
  const stream = new SharedStream(user, {
    hear: lists.add,
    live,
    head: () => cache.getQueryData(headQuery.queryKey),
    begun: () => revAtFirst() ?? cache.getQueryData(headQuery.queryKey)?.rev,
    missed: () => catchUp(cache),
    replaced: () => window.location.reload(),
  });
  return () => {
    stream.close();
    for (const gathering of [lists, claims, aloud]) gathering.stop();
    forgetHeard();
  };
}

/** Only in the tab that is looked at, and not what one has just done oneself. */
function isWorthSaying({ read_at, archived_at, triggered_by: by }: Notice, user: string): boolean {
  return document.visibilityState === "visible" && !read_at && !archived_at && by.actor_id !== user;
}

/** While there is no stream: asks when the window is come back to, and now and then while it is looked at. */
function useAsking(isOn: boolean): void {
  const cache = useQueryClient();
  const [each] = useState(() => ASK_MS * (0.85 + Math.random() * 0.3));
  const { data: head } = useQuery({ ...headQuery, enabled: isOn, refetchInterval: isOn && each, staleTime: isOn ? 0 : Infinity });
  const rev = isOn ? head?.rev : undefined;
  const asked = useRef<number>(undefined);
  useEffect(() => {
    if (rev === undefined) return;
    // By the time it asks first, marks may have moved the head beyond what was not heard.
    const before = asked.current ?? revAtFirst() ?? rev;
    asked.current = rev;
    if (rev !== before) catchUp(cache);
  }, [rev, cache]);
}

function Announcement({ notices }: { notices: Notice[] }) {
  const t = useText(messages);
  const words = useNoticeWords();
  const [only, ...others] = notices;
  const text = only && (others.length > 0 ? t("newMany", { count: notices.length }) : t("newOne", { title: words(only).title, claim: only.claim_id ?? "" }));
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
