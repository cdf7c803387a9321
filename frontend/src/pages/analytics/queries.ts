/** The five tables of analytics, and what the address asks of them. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";

export type ClaimsOverTime = Schema<"ClaimsOverTime">;
export type Turnaround = Schema<"Turnaround">;
export type Amounts = Schema<"Amounts">;
export type Reasons = Schema<"Reasons">;
export type NoticesRead = Schema<"NoticesRead">;

const NAMES = ["from", "to", "workflow", "hospital", "payer"] as const;
export type Filters = Partial<Record<(typeof NAMES)[number], string>>;
export type Table = "claims" | "turnaround" | "amounts" | "reasons" | "notices";

/** What of the address the API is asked. */
export function filtersOf(search: URLSearchParams): Filters {
  return Object.fromEntries(NAMES.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])));
}

export function exportAddress(table: Table, filters: Filters): string {
  return `/analytics/export.csv?${new URLSearchParams({ table, ...filters })}`;
}

const kept = { placeholderData: keepPreviousData, staleTime: 60_000 };

export function overTimeQuery(query: Filters) {
  const queryKey = ["analytics", "claims", query];
  return queryOptions({ queryKey, queryFn: ({ signal }) => api.get("/analytics/claims", { query, signal }), ...kept });
}

export function turnaroundQuery(query: Filters) {
  const queryKey = ["analytics", "turnaround", query];
  return queryOptions({ queryKey, queryFn: ({ signal }) => api.get("/analytics/turnaround", { query, signal }), ...kept });
}

export function amountsQuery(query: Filters) {
  const queryKey = ["analytics", "amounts", query];
  return queryOptions({ queryKey, queryFn: ({ signal }) => api.get("/analytics/amounts", { query, signal }), ...kept });
}

export function reasonsQuery(query: Filters) {
  const queryKey = ["analytics", "reasons", query];
  return queryOptions({ queryKey, queryFn: ({ signal }) => api.get("/analytics/reasons", { query, signal }), ...kept });
}

export function noticesQuery(query: Filters) {
  const queryKey = ["analytics", "notices", query];
  return queryOptions({ queryKey, queryFn: ({ signal }) => api.get("/analytics/notices", { query, signal }), ...kept });
}

export const organisationsQuery = queryOptions({
  queryKey: ["organisations", "all"],
  queryFn: async () => (await api.get("/organisations", { query: { limit: 200 } })).items,
});

export const workflowsQuery = queryOptions({
  queryKey: ["workflows", "all"],
  queryFn: async () => (await api.get("/workflows")).items,
  staleTime: Infinity,
});
