/** What the hospital's pages read beside the claims themselves. */
import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { type Claim, workflowQuery } from "@/api/queries";
import type { Me } from "@/api/session";

export type HospitalClaim = Schema<"HospitalClaimOut">;
export type HospitalRow = Schema<"HospitalClaimListed">;
export type Workflow = Schema<"WorkflowOut">;
export type Firm = Schema<"OrganisationOut">;

/** The most that a page of a list holds. */
const MOST = 200;

/** A claim as users of its hospital are given it. */
export function asHospitalClaim(claim: Claim | undefined): HospitalClaim | undefined {
  return claim && "queries" in claim ? (claim as HospitalClaim) : undefined;
}

/** The hospitals that a person works for. */
export function hospitalsOf(me: Me): Schema<"AssignedOut">[] {
  return me.entity_assignments.filter(({ kind }) => kind === "hospital");
}

export const organisationsQuery = queryOptions({
  queryKey: ["organisations"],
  queryFn: async () => (await api.get("/organisations", { query: { limit: MOST } })).items,
  staleTime: 5 * 60_000,
});

const workflowsQuery = queryOptions({
  queryKey: ["workflows"],
  queryFn: async () => (await api.get("/workflows")).items,
  staleTime: Infinity,
});

/** The definitions that hospital claims follow; undefined until all are read. */
export function useHospitalWorkflows(): { workflows: Workflow[] | undefined; error: Error | null } {
  const list = useQuery(workflowsQuery);
  const names = (list.data ?? []).filter(({ subject }) => subject === "hospital").map(({ name }) => name);
  const each = useQueries({ queries: names.map((name) => workflowQuery(name)) });
  const error = list.error ?? each.find((query) => query.error)?.error ?? null;
  const workflows = each.flatMap(({ data }) => (data ? [data] : []));
  return { error, workflows: list.data && workflows.length === names.length ? workflows : undefined };
}

/** Claims of one status, as many as a page holds: the oldest first, or the newest. */
export function ofStatusQuery(status: string, sort: "updated_at" | "-updated_at") {
  return queryOptions({
    queryKey: ["claims", "list", "hospital", status, sort],
    queryFn: ({ signal }) => rows({ status, sort, limit: MOST }, signal),
    refetchInterval: 60_000,
  });
}

/** What was changed last, whatever its status. */
export const latestQuery = queryOptions({
  queryKey: ["claims", "list", "hospital", "latest"],
  queryFn: ({ signal }) => rows({ sort: "-updated_at", limit: 60 }, signal),
  refetchInterval: 60_000,
});

/** Earlier claims of a patient or number; the newest ones when nothing is looked for. */
export function earlierQuery(text: string) {
  return queryOptions({
    queryKey: ["claims", "list", "hospital", "earlier", text],
    queryFn: ({ signal }) => rows({ limit: 5, ...(text && { text }) }, signal),
    placeholderData: keepPreviousData,
  });
}

type Asked = { status?: string; text?: string; sort?: "updated_at" | "-updated_at"; limit: number };

async function rows(query: Asked, signal: AbortSignal): Promise<HospitalRow[]> {
  return (await api.get("/claims", { query, signal })).items as HospitalRow[];
}
