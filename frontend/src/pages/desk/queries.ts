/** What the desk reads of a claim besides what every page does. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { type Claim, type HistoryItem, claimQuery, historyQuery } from "@/api/queries";
import { roleOf, useMe } from "@/api/session";

export type StaffClaim = Schema<"StaffClaimOut">;
export type Query = Schema<"QueryOut">;
export type Offer = Schema<"AllowedAction">;
export type Note = Schema<"NoteOut">;
export type Notice = Schema<"NoticeOut">;
export type Viewer = Schema<"ViewerOut">;
export type Recipients = Schema<"RecipientsOut">;
export type Workflow = Schema<"WorkflowOut">;

/** Staff are given the claim in full. */
export function deskClaimQuery(number: string) {
  return { ...claimQuery(number), select: (claim: Claim) => claim as StaffClaim };
}

export function useHistory(number: string): HistoryItem[] | undefined {
  return useQuery(historyQuery(number)).data;
}

export function notesQuery(number: string) {
  return queryOptions({
    queryKey: ["claims", "one", number, "notes"],
    queryFn: async () =>
      (await api.get("/claims/{claim_id}/notes", { path: { claim_id: number }, query: { limit: 200 } })).items,
  });
}

/** Who has looked at a claim and its documents; asked anew each time, for asking is a look as well. */
export function viewersQuery(number: string) {
  return queryOptions({
    queryKey: ["claims", "one", number, "viewers"],
    queryFn: async () => (await api.get("/claims/{claim_id}/viewers", { path: { claim_id: number } })).items,
    staleTime: 0,
  });
}

/** Which of a claim's files another claim has, too. */
export function sameFilesQuery(id: string) {
  return queryOptions({
    queryKey: ["claims", "one", id, "same-files"],
    queryFn: async () => (await api.get("/claims/{claim_id}/same-files", { path: { claim_id: id } })).items,
  });
}

/** Who would be told of an action that ends so. */
export function recipientsQuery(claim: StaffClaim, action: string, outcome: string | null) {
  return queryOptions({
    queryKey: ["claims", "one", claim.claim_number, "recipients", action, outcome, claim.status],
    queryFn: () => api.get("/claims/{claim_id}/recipients", { path: { claim_id: claim.id }, query: { action, outcome } }),
  });
}

export function noticesQuery(number: string) {
  return queryOptions({
    queryKey: ["claims", "one", number, "notices"],
    queryFn: async () =>
      (await api.get("/claims/{claim_id}/notifications", { path: { claim_id: number }, query: { limit: 50 } })).items,
  });
}

export function assigneesQuery(number: string) {
  return queryOptions({
    queryKey: ["claims", "one", number, "assignees"],
    queryFn: async () => (await api.get("/claims/{claim_id}/assignees", { path: { claim_id: number } })).items,
  });
}

/** The workflow as the claim has pinned it. */
export function pinnedQuery({ workflow: name, workflow_version: version }: StaffClaim) {
  return queryOptions({
    queryKey: ["workflows", name, version],
    queryFn: () => api.get("/workflows/{name}", { path: { name }, query: { version } }),
    staleTime: Infinity,
  });
}

/** Auditors read everything and change nothing. */
export function useMayAct(): boolean {
  return roleOf(useMe()) !== "auditor";
}
