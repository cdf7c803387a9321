/** What was heard, brought into everything that was read. */
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import { type Head, type Inbox, type InboxFilters, type Notice, headOf, headQuery, keepHead, merged, remember } from "./inbox";
import type { Heard } from "./stream";

/** A notification that is heard for the first time; a list that was read meanwhile may have it already. */
interface First {
  notice: Notice;
  isListed: boolean;
}

/** Brings these into badge and lists; gives the notifications that were not heard before. */
export function take(cache: QueryClient, all: Heard[]): First[] {
  const notices = all.flatMap((heard) => (heard.kind === "notice" ? [heard.notice] : []));
  const listed = idsOf(cache);
  const first = notices.filter(remember).map((notice) => ({ notice, isListed: listed.has(notice.id) }));
  put(cache, notices);
  for (const heard of all) {
    if (heard.kind === "state") takeState(cache, heard);
    else keepHead(cache, { unread: heard.unread, rev: heard.rev, seen_rev: seenOf(cache) });
  }
  return first;
}

/** Puts notifications as they are now into every list. */
export function put(cache: QueryClient, notices: Notice[]): void {
  for (const { queryKey, state } of inboxes(cache)) {
    const isOld = state.isInvalidated;
    const filters = queryKey[2] as InboxFilters;
    const into = (pages: Inbox[]) => notices.reduce((before, notice) => merged(before, notice, filters), pages);
    cache.setQueryData<Listed>(queryKey, (data) => data && withPages(data, into(pagesOf(data))));
    // What is put in does not make the rest any newer.
    if (isOld) void cache.invalidateQueries({ queryKey, exact: true, refetchType: "none" });
  }
}

/** A notification as some list has it. */
export function held(cache: QueryClient, id: string): Notice | undefined {
  return noticesIn(cache).find((notice) => notice.id === id);
}

/** How the inbox stands. When something has happened that was not heard here, all is read anew, unless one has only looked. */
function takeState(cache: QueryClient, state: Head): void {
  const before = cache.getQueryData(headQuery.queryKey);
  keepHead(cache, headOf(state));
  const isLookedAt = before?.unread === state.unread && state.seen_rev === state.rev && before.rev === state.rev - 1;
  const known = before?.rev ?? Math.min(...revsOf(cache));
  if (!isLookedAt && known < state.rev) catchUp(cache);
}

/** Up to where each list was read; from the very beginning where there is none. */
function revsOf(cache: QueryClient): number[] {
  const revs = inboxes(cache).flatMap(({ state: { data } }) => (data ? [pagesOf(data as Listed)[0]?.rev ?? 0] : []));
  return revs.length > 0 ? revs : [0];
}

/** Reads anew what these notifications are about: their claims, and every list and count of claims. */
export function readClaims(cache: QueryClient, notices: Notice[]): void {
  const claims = new Set(notices.flatMap(({ claim_id, claim_uuid }) => [claim_id, claim_uuid]));
  const isAbout = ([area, kind, id]: QueryKey) =>
    area === "policies" || (area === "claims" && (kind !== "one" || claims.has(id as string)));
  void cache.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey) });
}

/** Reads everything anew that may have changed while nothing was heard. */
export function catchUp(cache: QueryClient): void {
  const isHead = ([, kind]: QueryKey) => kind === "head";
  void cache.invalidateQueries({ queryKey: ["notifications"], predicate: ({ queryKey }) => !isHead(queryKey) });
  void cache.invalidateQueries({ queryKey: ["claims"] });
  void cache.invalidateQueries({ queryKey: ["policies"] });
}

type Listed = Inbox | InfiniteData<Inbox>;

function inboxes(cache: QueryClient) {
  const lists = cache.getQueryCache().findAll({ queryKey: ["notifications", "list"] });
  return [...lists, ...cache.getQueryCache().findAll({ queryKey: ["notifications", "some"] })];
}

function pagesOf(data: Listed): Inbox[] {
  return "pages" in data ? data.pages : [data];
}

function withPages(data: Listed, pages: Inbox[]): Listed {
  return "pages" in data ? { ...data, pages } : (pages[0] ?? data);
}

function noticesIn(cache: QueryClient): Notice[] {
  return inboxes(cache).flatMap(({ state: { data } }) =>
    data ? pagesOf(data as Listed).flatMap(({ items }) => items) : [],
  );
}

function idsOf(cache: QueryClient): Set<string> {
  return new Set(noticesIn(cache).map(({ id }) => id));
}

function seenOf(cache: QueryClient): number {
  return cache.getQueryData(headQuery.queryKey)?.seen_rev ?? 0;
}
