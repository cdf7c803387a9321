/** One's inbox as it is kept here: its head, its lists by filter, and how a notification that changed gets into them. */
import { type QueryClient, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import type { operations } from "@/api/schema";

export type Notice = Schema<"NotificationOut">;
export type Inbox = Schema<"InboxOut">;
export type Head = Pick<Inbox, "unread" | "rev" | "seen_rev">;
export type InboxFilters = Omit<NonNullable<operations["list_notifications"]["parameters"]["query"]>, "cursor" | "limit">;

const PAGE = 25;
const FRESH_MS = 5 * 60_000;
const MOST_SHOWN = 99;
// What is older is found in the inbox.
const MOST_UNREAD = 20;
const MOST_OF_CLAIM = 50;
// More than one page of the live stream, so that what comes while a list is on its way is not lost from it.
const MOST_HEARD = 200;
const heard = new Map<string, Notice>();
let atFirst: number | undefined;

/** What the badge says. Asked for before all else, so that what happens while the page is read is heard: see `Live`. */
export const headQuery = queryOptions({
  queryKey: ["notifications", "head"],
  queryFn: async ({ client }) => {
    const head = headOf(await api.get("/notifications", { query: { limit: 1 } }));
    atFirst ??= head.rev;
    return latest(client, head);
  },
  staleTime: Infinity,
  retry: false,
});

/** Asks how the inbox stands, unless it is known or nobody is signed in. */
export function prepareHead(cache: QueryClient): void {
  if (document.documentElement.dataset.session !== "none") void cache.prefetchQuery(headQuery);
}

/** Where the inbox stood before anything else was read. Marks move the head beyond what has not been heard yet. */
export function revAtFirst(): number | undefined {
  return atFirst;
}

export function inboxQuery(filters: InboxFilters) {
  return infiniteQueryOptions({
    queryKey: ["notifications", "list", filters],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, cursor: pageParam, limit: PAGE };
      const page = await api.get("/notifications", { query, signal });
      return pageParam === null ? withHeard(page, filters) : page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // What happens is put in; what may have been missed is read anew.
    staleTime: FRESH_MS,
  });
}

/** Notifications not read yet, of all claims or of one. */
export function unreadQuery(claimId?: string) {
  const filters: InboxFilters = { unread: true, ...(claimId ? { claim_id: claimId } : {}) };
  return queryOptions({
    queryKey: ["notifications", "some", filters],
    queryFn: async () => withHeard(await api.get("/notifications", { query: { ...filters, limit: claimId ? MOST_OF_CLAIM : MOST_UNREAD } }), filters),
    select: (page) => page.items,
  });
}

/** Whether a list by these filters holds this notification. */
export function fits(notice: Notice, { unread, archived = false, category, event_type: type, status, claim_id: claim }: InboxFilters): boolean {
  return (
    (notice.archived_at !== null) === archived &&
    (unread === undefined || unread === null || (notice.read_at === null) === unread) &&
    (!category || notice.category === category) &&
    (!type || notice.event_type === type) &&
    (!status || notice.metadata.status === status) &&
    (!claim || notice.claim_id === claim || notice.claim_uuid === claim)
  );
}

/** Pages of a list with this notification as it is now: put in, changed or taken out. The same pages if they know it newer. */
export function merged(pages: Inbox[], notice: Notice, filters: InboxFilters): Inbox[] {
  const known = pages.flatMap((page) => page.items).find(({ id }) => id === notice.id);
  if (known && known.rev >= notice.rev) return pages;
  const isIn = fits(notice, filters);
  const place = isIn ? placeOf(pages, notice) : -1;
  return pages.map((page, index) => {
    const others = page.items.filter(({ id }) => id !== notice.id);
    const items = index === place ? inserted(others, notice) : others;
    return { ...page, items, rev: Math.max(page.rev, notice.rev) };
  });
}

/** The page on which it stands; -1 when it is older than all that was fetched. Ids sort by time. */
function placeOf(pages: Inbox[], { id }: Notice): number {
  const last = pages.length - 1;
  const place = pages.findIndex(({ items }) => items.some((other) => other.id <= id));
  return place === -1 && pages[last]?.next_cursor === null ? last : place;
}

function inserted(items: Notice[], notice: Notice): Notice[] {
  const place = items.findIndex(({ id }) => id < notice.id);
  return place === -1 ? [...items, notice] : items.toSpliced(place, 0, notice);
}

/** A count as a badge has room for it. */
export function capped(unread: number): string {
  return unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
}

/** The later of what is known of the inbox. */
function latest(cache: QueryClient, head: Head): Head {
  const known = cache.getQueryData(headQuery.queryKey);
  return known && known.rev > head.rev ? known : head;
}

export function keepHead(cache: QueryClient, head: Head): void {
  cache.setQueryData(headQuery.queryKey, latest(cache, head));
}

export function headOf({ unread, rev, seen_rev }: Head): Head {
  return { unread, rev, seen_rev };
}

/** Remembers what was heard, and says whether it was not known before. */
export function remember(notice: Notice): boolean {
  const isNew = !heard.delete(notice.id);
  heard.set(notice.id, notice);
  const [oldest] = heard.keys();
  if (heard.size > MOST_HEARD && oldest) heard.delete(oldest);
  return isNew;
}

/** When somebody else may come to this window. */
export function forgetHeard(): void {
  heard.clear();
  atFirst = undefined;
}

/** A page may have been read before something was told that came here first. */
function withHeard(page: Inbox, filters: InboxFilters): Inbox {
  return [...heard.values()].reduce((pages, notice) => merged(pages, notice, filters), [page])[0] ?? page;
}
