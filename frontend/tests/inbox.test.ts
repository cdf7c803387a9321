import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Head, type Inbox, type Notice, capped, fits, forgetHeard, headQuery, inboxQuery, keepHead, merged, revAtFirst, unreadQuery } from "@/live/inbox";
import { takeMark } from "@/live/marks";
import { catchUp, readClaims, take } from "@/live/news";
import { grouped } from "@/pages/notifications/groups";
import { tabOf, tabsOf } from "@/pages/notifications/tabs";

function notice(id: string, given: Partial<Notice> = {}): Notice {
  const claim = { claim_id: "CLM-1", claim_uuid: "u1", link: "/app/claims/u1" };
  return { id, rev: 1, read_at: null, archived_at: null, category: "progress", event_type: "claim_approved", metadata: {}, ...claim, ...given } as Notice;
}

function page(notices: Notice[], next: string | null = null): Inbox {
  return { items: notices, next_cursor: next, unread: notices.length, rev: 5, seen_rev: 0 };
}

const ids = (pages: Inbox[]) => pages.map(({ items }) => items.map(({ id }) => id));
const READ = "2026-11-20T10:00:00Z";

// --- one list

it("puts what is new in its place by time", () => {
  const pages = [page([notice("d"), notice("b")], "more"), page([notice("a")])];
  expect(ids(merged(pages, notice("e"), {}))).toEqual([["e", "d", "b"], ["a"]]);
  expect(ids(merged(pages, notice("c"), {}))).toEqual([["d", "c", "b"], ["a"]]);
  expect(ids(merged(pages, notice("0"), {}))).toEqual([["d", "b"], ["a", "0"]]);
});

it("leaves what is older than all that was fetched to its page", () => {
  expect(ids(merged([page([notice("d")], "more")], notice("a"), {}))).toEqual([["d"]]);
  expect(ids(merged([page([])], notice("a"), {}))).toEqual([["a"]]);
});

it("changes what is known, in place, and never back to what it was", () => {
  const pages = [page([notice("b", { rev: 4 }), notice("a", { rev: 3 })])];
  const after = merged(pages, notice("a", { rev: 6, read_at: READ }), {});
  expect(after[0]?.items[1]).toMatchObject({ id: "a", rev: 6, read_at: READ });
  expect(after[0]?.rev).toBe(6);
  expect(merged(after, notice("a", { rev: 3 }), {})).toBe(after);
});

it("takes out what a list does not hold any longer", () => {
  const pages = [page([notice("b"), notice("a")])];
  expect(ids(merged(pages, notice("b", { rev: 6, read_at: READ }), { unread: true }))).toEqual([["a"]]);
  expect(ids(merged(pages, notice("b", { rev: 6, archived_at: READ }), {}))).toEqual([["a"]]);
});

it.each([
  [{}, true],
  [{ unread: true }, true],
  [{ unread: false }, false],
  [{ archived: true }, false],
  [{ category: "decision" as const }, false],
  [{ claim_id: "CLM-1" }, true],
  [{ claim_id: "u1" }, true],
  [{ claim_id: "CLM-2" }, false],
  [{ status: "pending" }, false],
])("knows which lists hold an unread notification: %o", (filters, expected) => {
  expect(fits(notice("a"), filters)).toBe(expected);
});

// --- all that was read

let cache: QueryClient;
const told = (id: string, rev: number, unread: number, given: Partial<Notice> = {}) =>
  ({ kind: "notice", rev, unread, notice: notice(id, { rev, ...given }) }) as const;
const listed = (filters = {}) => cache.getQueryData(inboxQuery(filters).queryKey)?.pages ?? [];
const head = () => cache.getQueryData(headQuery.queryKey);
const isOld = (queryKey: readonly unknown[]) => cache.getQueryState(queryKey)?.isInvalidated;

function read(filters: object, ...pages: Inbox[]): void {
  cache.setQueryData(inboxQuery(filters).queryKey, { pages, pageParams: pages.map(() => null) });
}

beforeEach(() => {
  cache = new QueryClient();
  cache.setQueryData(headQuery.queryKey, { unread: 1, rev: 5, seen_rev: 5 });
});
afterEach(() => {
  forgetHeard();
  vi.unstubAllGlobals();
});

it("brings what is heard into the badge and every list, and says what is new", () => {
  read({}, page([notice("a")]));
  read({ unread: true }, page([notice("a")]));
  cache.setQueryData(unreadQuery("CLM-1").queryKey, page([notice("a")]));
  cache.setQueryData(unreadQuery("CLM-2").queryKey, page([]));
  const first = take(cache, [told("b", 6, 2), told("a", 7, 1, { read_at: READ })]);
  expect(first.map((each) => [each.notice.id, each.isListed])).toEqual([
    ["b", false],
    ["a", true],
  ]);
  expect(head()).toEqual({ unread: 1, rev: 7, seen_rev: 5 });
  expect(ids(listed())).toEqual([["b", "a"]]);
  expect(ids(listed({ unread: true }))).toEqual([["b"]]);
  expect(cache.getQueryData(unreadQuery("CLM-1").queryKey)?.items.map(({ id }) => id)).toEqual(["b"]);
  expect(cache.getQueryData(unreadQuery("CLM-2").queryKey)?.items).toEqual([]);
  expect(take(cache, [told("b", 8, 0, { read_at: READ })])).toEqual([]);
});

it("does not take an old badge for a new one", () => {
  take(cache, [told("b", 4, 9)]);
  expect(head()).toEqual({ unread: 1, rev: 5, seen_rev: 5 });
});

it("reads nothing anew because one has looked, and the lists when something else happened", () => {
  read({}, page([notice("a")]));
  take(cache, [{ kind: "state", unread: 1, rev: 6, seen_rev: 6 }]);
  expect([head()?.seen_rev, isOld(inboxQuery({}).queryKey)]).toEqual([6, false]);
  take(cache, [{ kind: "state", unread: 0, rev: 7, seen_rev: 6 }]);
  expect([head()?.unread, isOld(inboxQuery({}).queryKey)]).toEqual([0, true]);
  // What is put into a list that is to be read anew does not make it good.
  take(cache, [told("b", 8, 1)]);
  expect([ids(listed()), isOld(inboxQuery({}).queryKey)]).toEqual([[["b", "a"]], true]);
});

it("reads claims anew that were read before anybody listened, when something happened since", () => {
  const claims = ["claims", "one", "CLM-1"];
  cache.setQueryData(claims, {});
  read({}, page([notice("a")]));
  cache.removeQueries({ queryKey: headQuery.queryKey });
  take(cache, [{ kind: "state", unread: 1, rev: 5, seen_rev: 0 }]);
  expect(isOld(claims)).toBe(false);
  cache.removeQueries({ queryKey: headQuery.queryKey });
  take(cache, [{ kind: "state", unread: 2, rev: 6, seen_rev: 0 }]);
  expect(isOld(claims)).toBe(true);
});

it("reads claims anew of which it is not known up to where they were read, and those of before the head that is known", () => {
  const claims = ["claims", "list"];
  const standing = (known: number | undefined, rev: number) => {
    cache.clear();
    cache.setQueryData(claims, {});
    if (known !== undefined) keepHead(cache, { unread: 0, rev: known, seen_rev: 0 });
    take(cache, [{ kind: "state", unread: 1, rev, seen_rev: 0 }]);
    return isOld(claims);
  };
  expect([standing(undefined, 5), standing(5, 5), standing(5, 6), standing(undefined, 0)]).toEqual([true, false, true, false]);
});

it("begins to listen from where the inbox stood first, however far marks have moved it since", async () => {
  cache.clear();
  vi.stubGlobal("fetch", async () => Response.json({ ...page([]), rev: 5 }));
  await cache.fetchQuery(headQuery);
  takeMark(cache, { id: "a", item_rev: 7, read_at: READ, archived_at: null, unread: 0, rev: 7, seen_rev: 7 });
  expect([head()?.rev, revAtFirst()]).toEqual([7, 5]);
  await cache.fetchQuery({ ...headQuery, staleTime: 0 });
  expect([head()?.rev, revAtFirst()]).toEqual([7, 5]);
  forgetHeard();
  expect(revAtFirst()).toBe(undefined);
});

it("puts what came while a list was on its way into it", async () => {
  let arrive: (page: Inbox) => void = () => undefined;
  const answered = new Promise<Inbox>((resolve) => (arrive = resolve));
  vi.stubGlobal("fetch", async () => Response.json(await answered));
  const asked = cache.fetchInfiniteQuery(inboxQuery({}));
  take(cache, [told("b", 6, 2)]);
  arrive(page([notice("a")]));
  expect(ids((await asked).pages)).toEqual([["b", "a"]]);
});

it("reads the claims anew that the news are about, and no other one", () => {
  const keys = [["claims", "one", "CLM-1"], ["claims", "one", "u1", "history"], ["claims", "one", "CLM-2"], ["claims", "list", {}], ["claims", "counts", {}], ["config"]];
  for (const key of keys) cache.setQueryData(key, {});
  readClaims(cache, [notice("a")]);
  expect(keys.map(isOld)).toEqual([true, true, false, true, true, false]);
  catchUp(cache);
  expect(keys.map(isOld)).toEqual([true, true, true, true, true, false]);
});

it("takes what the server says of a mark", () => {
  read({ unread: true }, page([notice("b"), notice("a")]));
  takeMark(cache, { id: "b", item_rev: 6, read_at: READ, archived_at: null, unread: 1, rev: 6, seen_rev: 5 });
  expect(ids(listed({ unread: true }))).toEqual([["a"]]);
  expect(head()).toEqual({ unread: 1, rev: 6, seen_rev: 5 } satisfies Head);
});

// --- what is shown

it("groups by what it is about, the newest first, and knows where that is", () => {
  const other = { claim_id: null, claim_uuid: "elsewhere", link: null };
  const hook = { claim_id: null, claim_uuid: "u2", link: "https://x.example/app/admin/webhooks/u2", event_type: "webhook_failing" };
  const link = "https://x.example/app/admin/audit?subject_id=u3";
  const alert = { claim_id: null, claim_uuid: "u3", link, event_type: "not_found_sweep" };
  const groups = grouped([notice("f", alert), notice("e", hook), notice("d"), notice("c", other), notice("b"), notice("a", other)]);
  const shown = groups.map(({ number, isClaim, place, notices }) => [number, isClaim, place, notices.map(({ id }) => id)]);
  expect(shown).toEqual([
    [null, false, "/admin/audit?subject_id=u3", ["f"]],
    [null, false, "/admin/webhooks/u2", ["e"]],
    ["CLM-1", true, "/claims/CLM-1", ["d", "b"]],
    [null, true, null, ["c", "a"]],
  ]);
});

it("offers what is asked of somebody to those who are asked", () => {
  expect(tabsOf("policyholder")).toEqual(["all", "unread", "archived"]);
  expect(tabsOf("hospital_user")).toContain("act");
  expect([tabOf("act", "auditor"), tabOf("act", "policyholder"), tabOf("else", "admin"), tabOf(null, "admin")]).toEqual(["act", "all", "all", "all"]);
});

it.each([[1, "1"], [99, "99"], [100, "99+"]])("writes %d unread as %s", (unread, text) => {
  expect(capped(unread)).toBe(text);
});
