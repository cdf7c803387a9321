/** What administration reads: everything below `["admin"]`, the parts of one thing below its own key. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import type { operations } from "@/api/schema";

export type User = Schema<"UserOut">;
export type Assigned = Schema<"AssignedOut">;
export type Level = Schema<"LevelOut">;
export type Organisation = Schema<"OrganisationOut">;
export type PolicyRecord = Schema<"PolicyRecord">;
export type Delivery = Schema<"DeliveryOut">;
export type Channel = Schema<"ChannelOut">;
export type Suppression = Schema<"SuppressionOut">;
export type Workflow = Schema<"WorkflowOut">;
export type AuditEvent = Schema<"insurenz__events__schemas__EventOut">;

type Asked<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;
export type UserFilters = Asked<"list_users">;
export type OrganisationFilters = Asked<"list_organisations">;
export type PolicyFilters = Asked<"list_policies">;
export type DeliveryFilters = Asked<"list_deliveries">;
export type AuditFilters = Asked<"list_events">;

interface PageOf<Row> {
  items: Row[];
  next_cursor: string | null;
}

/** A list that is read page by page; while its filters change it shows what it had. */
export function listQuery<Row>(key: readonly unknown[], read: (cursor: string | null, signal: AbortSignal) => Promise<PageOf<Row>>) {
  return infiniteQueryOptions({
    queryKey: ["admin", ...key],
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function usersQuery(filters: UserFilters) {
  return listQuery(["users", "list", filters], (cursor, signal) => api.get("/users", { query: { ...filters, cursor }, signal }));
}

export function userQuery(id: string) {
  return queryOptions({
    queryKey: ["admin", "users", "one", id],
    queryFn: () => api.get("/users/{user_id}", { path: { user_id: id } }),
  });
}

export function assignmentsQuery(id: string) {
  return queryOptions({
    queryKey: ["admin", "users", "one", id, "assignments"],
    queryFn: async () => (await api.get("/users/{user_id}/assignments", { path: { user_id: id } })).items,
  });
}

export const levelsQuery = queryOptions({
  queryKey: ["admin", "levels"],
  queryFn: async () => (await api.get("/users/levels")).items,
  staleTime: Infinity,
});

export function organisationsQuery(filters: OrganisationFilters) {
  return listQuery(["organisations", "list", filters], (cursor, signal) =>
    api.get("/organisations", { query: { ...filters, cursor }, signal }),
  );
}

/** By id or number. */
export function organisationQuery(id: string) {
  return queryOptions({
    queryKey: ["admin", "organisations", "one", id],
    queryFn: () => api.get("/organisations/{organisation_id}", { path: { organisation_id: id } }),
  });
}

export function defaultsQuery(id: string) {
  return queryOptions({
    queryKey: ["admin", "organisations", "one", id, "defaults"],
    queryFn: async () =>
      (await api.get("/organisations/{organisation_id}/notification-preferences", { path: { organisation_id: id } })).preferences,
  });
}

export function policyListQuery(filters: PolicyFilters) {
  return listQuery(["policies", "list", filters], (cursor, signal) => api.get("/policies", { query: { ...filters, cursor }, signal }));
}

/** By id or number. */
export function policyQuery(id: string) {
  return queryOptions({
    queryKey: ["admin", "policies", "one", id],
    queryFn: () => api.get("/policies/{policy_id}", { path: { policy_id: id } }),
  });
}

const WATCH_MS = 15_000;

/** Read anew while the page is open: what waits changes by itself. */
export const channelsQuery = queryOptions({
  queryKey: ["admin", "deliveries", "channels"],
  queryFn: async () => (await api.get("/deliveries/channels")).items,
  refetchInterval: WATCH_MS,
});

export function deliveriesQuery(filters: DeliveryFilters) {
  return listQuery(["deliveries", "list", filters], (cursor, signal) =>
    api.get("/deliveries", { query: { ...filters, cursor }, signal }),
  );
}

export const suppressionsQuery = listQuery(["deliveries", "suppressions"], (cursor, signal) =>
  api.get("/deliveries/suppressions", { query: { cursor }, signal }),
);

export const workflowsQuery = queryOptions({
  queryKey: ["admin", "workflows"],
  queryFn: async () => (await api.get("/workflows")).items,
});

export function workflowVersionQuery(name: string, version: number) {
  return queryOptions({
    queryKey: ["admin", "workflows", name, version],
    queryFn: () => api.get("/workflows/{name}", { path: { name }, query: { version } }),
    staleTime: Infinity,
  });
}

export function auditQuery(filters: AuditFilters) {
  return listQuery(["audit", filters], (cursor, signal) => api.get("/audit", { query: { ...filters, cursor }, signal }));
}

/** The last thing that happened to something: who was faster. */
export function latestEventQuery(subjectId: string) {
  return queryOptions({
    queryKey: ["admin", "audit", "latest", subjectId],
    queryFn: async () => (await api.get("/audit", { query: { subject_id: subjectId, limit: 1 } })).items[0] ?? null,
  });
}
