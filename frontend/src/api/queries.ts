/** What is read from the API, by name: each a key and how it is fetched, for `useQuery` and `prefetchQuery`. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "./client";
import type { operations } from "./schema";

export type Claim = Schema<"ClaimOut">;
export type ClaimRow = Schema<"ClaimRow">;
export type Document = Schema<"DocumentOut">;
export type Place = Schema<"PlaceOut">;
export type HistoryItem = Schema<"HistoryItem">;
export type Message = Schema<"MessageOut">;
export type Policy = Schema<"PolicyOut">;
export type Config = Schema<"PublicConfig">;
export type ClaimFilters = NonNullable<operations["list_claims"]["parameters"]["query"]>;

export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: () => api.get("/config/public"),
  staleTime: Infinity,
});

export const policiesQuery = queryOptions({
  queryKey: ["policies", "my"],
  queryFn: async () => (await api.get("/policies/my", { query: { limit: 200 } })).items,
});

export function workflowQuery(name: string) {
  return queryOptions({
    queryKey: ["workflows", name],
    queryFn: () => api.get("/workflows/{name}", { path: { name } }),
    staleTime: Infinity,
  });
}

/** Those that one's first page shows. */
export const NEWEST = { sort: "-updated_at", limit: 5 } as const;

export function claimsQuery(filters: ClaimFilters) {
  return infiniteQueryOptions({
    queryKey: ["claims", "list", filters],
    queryFn: ({ pageParam, signal }) => api.get("/claims", { query: { ...filters, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function countsQuery(filters: ClaimFilters) {
  return queryOptions({
    queryKey: ["claims", "counts", filters],
    queryFn: ({ signal }) => api.get("/claims/counts", { query: filters, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Whether it is read for the first time. What failed then is not waited for when it is tried again: a page that was shown without it stays. */
export function isAwaited({ isLoading, isFetched }: { isLoading: boolean; isFetched: boolean }): boolean {
  return isLoading && !isFetched;
}

/** Everything about one claim lies below `["claims", "one", id]`, to be read anew together after a change. */
export function claimQuery(id: string) {
  return queryOptions({
    queryKey: ["claims", "one", id],
    queryFn: () => api.get("/claims/{claim_id}", { path: { claim_id: id } }),
  });
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: ["claims", "one", id, "history"],
    queryFn: async () =>
      (await api.get("/claims/{claim_id}/history", { path: { claim_id: id }, query: { limit: 200 } })).items,
  });
}

export function messagesQuery(id: string) {
  return queryOptions({
    queryKey: ["claims", "one", id, "messages"],
    queryFn: async () =>
      (await api.get("/claims/{claim_id}/messages", { path: { claim_id: id }, query: { limit: 200 } })).items,
  });
}

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async () => (await api.get("/auth/sessions", { query: { limit: 200 } })).items,
});
