/** An action on the claim, judged against the version that is shown; afterwards all about it is read anew. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type Claim, claimQuery } from "@/api/queries";
import type { operations } from "@/api/schema";
import { SubmissionKey } from "@/api/submission";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { allows } from "./about";
import { messages } from "./messages";

export function useAct(claim: Claim, action: string, onDone: () => void) {
  const read = useReadAnew(claim);
  const [key] = useState(() => new SubmissionKey());
  return useMutation({
    mutationFn: (body: Record<string, unknown>) =>
      api.post("/claims/{claim_id}/actions/{action}", {
        path: { claim_id: claim.id, action },
        body,
        ifMatch: claim.version,
        idempotencyKey: key.for([body, claim.version]),
      }),
    onSuccess: async () => {
      onDone();
      await read();
    },
  });
}

/** Whether somebody else was faster than this action: it was refused for that, or is not offered any more before it was tried. */
export function isOvertaken(claim: Claim, action: string, { error, isIdle }: { error: unknown; isIdle: boolean }): boolean {
  return isIdle ? !allows(claim, action) : error !== null && asProblem(error).isConflict;
}

/** Reads the claim, its history and messages, and the lists it stands in, once more. */
export function useReadAnew(claim: Claim): () => Promise<void> {
  const cache = useQueryClient();
  return async () => {
    await cache.invalidateQueries({ queryKey: claimQuery(claim.claim_number).queryKey });
    await cache.invalidateQueries({ queryKey: ["claims"], refetchType: "none" });
    await cache.invalidateQueries({ queryKey: ["policies"] });
  };
}

/** What PATCH of a claim takes. */
export type Content = NonNullable<operations["change_claim"]["requestBody"]>["content"]["application/json"];

/** Changes what was said when the claim was filed. */
export function useCorrecting(claim: Claim, onEnd: () => void) {
  const t = useText(messages);
  const read = useReadAnew(claim);
  return useMutation({
    mutationFn: (body: Content) => api.patch("/claims/{claim_id}", { path: { claim_id: claim.id }, body, ifMatch: claim.version }),
    onSuccess: async () => {
      toast(t("correct.done"));
      onEnd();
      await read();
    },
  });
}
