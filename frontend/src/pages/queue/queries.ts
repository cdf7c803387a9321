/** What the queue reads. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { type ClaimFilters, countsQuery } from "@/api/queries";

export type Row = Schema<"StaffClaimListed">;
export type View = Schema<"ViewOut">;
export type NewView = Schema<"ViewIn">;
type Page = Schema<"StaffClaimPage">;

export function queueQuery(asked: ClaimFilters) {
  return infiniteQueryOptions({
    queryKey: ["claims", "list", "queue", asked],
    // Staff are shown all of these fields.
    queryFn: async ({ pageParam, signal }) =>
      (await api.get("/claims", { query: { ...asked, cursor: pageParam }, signal })) as Page,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export const countQueries = {
  all: countsQuery({}),
  mine: countsQuery({ assignee: "me" }),
  nobodys: countsQuery({ assignee: "none" }),
};

export const viewsQuery = queryOptions({
  queryKey: ["claim-views"],
  queryFn: async () => (await api.get("/claim-views")).items,
});

export const workflowsQuery = queryOptions({
  queryKey: ["workflows", "all"],
  queryFn: async () => (await api.get("/workflows")).items,
  staleTime: Infinity,
});

function definitionQuery(name: string, version: number) {
  return queryOptions({
    queryKey: ["workflows", name, version],
    queryFn: () => api.get("/workflows/{name}", { path: { name }, query: { version } }),
    staleTime: Infinity,
  });
}

/** The definitions that these claims follow; each is read once. */
export function definitionsQuery(rows: Row[]) {
  return queryOptions({
    queryKey: ["workflows", "of", rows.map(({ workflow, workflow_version: version }) => [workflow, version])],
    queryFn: ({ client }) =>
      Promise.all(rows.map((row) => client.ensureQueryData(definitionQuery(row.workflow, row.workflow_version)))),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

export function organisationsQuery(kind: "hospital" | "payer") {
  return queryOptions({
    queryKey: ["organisations", "choice", kind],
    queryFn: async () => (await api.get("/organisations", { query: { kind, limit: 200 } })).items,
    staleTime: 300_000,
  });
}

/** To whom a claim can be given. */
export function assigneesQuery(id: string) {
  return queryOptions({
    queryKey: ["claims", "one", id, "assignees"],
    queryFn: async () => (await api.get("/claims/{claim_id}/assignees", { path: { claim_id: id } })).items,
  });
}
