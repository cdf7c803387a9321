/** What is done to the claim: each judged against the version that the person had before them. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type Claim, type Document, type Place, claimQuery } from "@/api/queries";
import { SubmissionKey } from "@/api/submission";
import type { StaffClaim } from "./queries";

export type Fields = Record<string, string | string[] | Place[]>;

/** `version` is that of the claim when the form was opened. */
export function useAct(claim: StaffClaim, action: string, version: number, onDone: (changed: StaffClaim) => void) {
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  return useMutation({
    mutationFn: (body: Fields) =>
      api.post("/claims/{claim_id}/actions/{action}", {
        path: { claim_id: claim.id, action },
        body,
        ifMatch: version,
        idempotencyKey: key.for([body, version]),
      }),
    onSuccess: async (changed) => {
      await takeIn(cache, changed);
      onDone(changed as StaffClaim);
    },
  });
}

export interface Judgement {
  verification: "unverified" | "verified" | "rejected";
  reason?: string;
}

/** `claim` and `document` are those that the person had before them. */
export function useVerify(claim: StaffClaim, document: Document) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Judgement) => judge(cache, claim, document, body),
    onSuccess: (changed) => takeIn(cache, changed),
  });
}

/** Only another judgement of this document is a conflict, not what else was changed in the claim meanwhile. */
async function judge(cache: QueryClient, claim: Claim, document: Document, body: Judgement): Promise<Claim> {
  const path = { claim_id: claim.id, document_id: document.id };
  try {
    return await api.post("/claims/{claim_id}/documents/{document_id}/verification", { path, body, ifMatch: claim.version });
  } catch (error) {
    if (asProblem(error).status !== 412) throw error;
    const now = await cache.fetchQuery({ ...claimQuery(claim.claim_number), staleTime: 0 });
    const same = now.documents.find(({ id }) => id === document.id);
    if (!same || isJudgedAnew(document, same)) throw error;
    return judge(cache, now, document, body);
  }
}

export function isJudgedAnew(before: Document, now: Document): boolean {
  return before.verification !== now.verification || before.verification_reason !== now.verification_reason;
}

/** null: released; "me": taken; else handed to that person. */
export function useAssign(claim: StaffClaim) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (to: string | null) => {
      const path = { claim_id: claim.id };
      const about = { path, ifMatch: claim.version };
      if (to === null) return api.delete("/claims/{claim_id}/assignment", about);
      return api.post("/claims/{claim_id}/assignment", { ...about, body: to === "me" ? {} : { user_id: to } });
    },
    onSuccess: (changed) => takeIn(cache, changed),
  });
}

/** The versions of claims that were made on this page, by the claim's id. */
const own = new Map<string, Set<number>>();

/** Whether somebody else has changed the claim since this version: what one did oneself meanwhile is no conflict. */
export function isChangedByOthers({ id, version }: StaffClaim, since: number): boolean {
  for (let each = since + 1; each <= version; each++) if (!own.get(id)?.has(each)) return true;
  return false;
}

/** The answer of a change is the claim as it now is; what lies around it is read anew. */
async function takeIn(cache: QueryClient, changed: Claim): Promise<void> {
  own.set(changed.id, (own.get(changed.id) ?? new Set()).add(changed.version));
  cache.setQueryData(claimQuery(changed.claim_number).queryKey, changed);
  await readAround(cache, changed.claim_number);
  void cache.invalidateQueries({ queryKey: ["claims", "list"], refetchType: "none" });
  void cache.invalidateQueries({ queryKey: ["claims", "counts"], refetchType: "none" });
}

/** Everything below the claim, without the claim itself. */
function readAround(cache: QueryClient, number: string): Promise<void> {
  const { queryKey } = claimQuery(number);
  return cache.invalidateQueries({ queryKey, predicate: (query) => query.queryKey.length > queryKey.length });
}

export function useReadAnew(number: string): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: claimQuery(number).queryKey });
}
