/** What the hospital's pages read beside the claims themselves. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { type Claim, workflowQuery } from "@/api/queries";
import type { Me } from "@/api/session";
import type { OpenStatus } from "./waiting";

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

/** The definitions that hospital claims follow. */
export const hospitalWorkflowsQuery = queryOptions({
  queryKey: ["workflows", "of-hospitals"],
  queryFn: async ({ client }) => {
    const { items } = await api.get("/workflows");
    const names = items.filter(({ subject }) => subject === "hospital").map(({ name }) => name);
    return Promise.all(names.map((name) => client.fetchQuery(workflowQuery(name))));
  },
  staleTime: Infinity,
});

/** The claims in these statuses, of each as many as a page holds: awaited ones from the oldest, of decisions the newest. */
export function openQuery(statuses: OpenStatus[]) {
  return queryOptions({
    queryKey: ["claims", "list", "hospital", "open", statuses],
    queryFn: async ({ signal }) => {
      const sort = (isAwaited: boolean) => (isAwaited ? "updated_at" : "-updated_at");
      const pages = statuses.map(({ status, isAwaited }) => rows({ status, sort: sort(isAwaited), limit: MOST }, signal));
      return (await Promise.all(pages)).flat();
    },
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
