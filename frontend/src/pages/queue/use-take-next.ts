/** Takes the oldest claim that is nobody's and opens it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useProblemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export interface TakeNext {
  run: () => void;
  isPending: boolean;
}

/** Of one workflow, or of all. */
export function useTakeNext(workflow?: string): TakeNext {
  const t = useText(messages);
  const say = useProblemText();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.post("/claims/take-next", { body: workflow ? { workflow } : {} }),
    onSuccess: (claim) => {
      void cache.invalidateQueries({ queryKey: ["claims"] });
      if (!claim) return toast(t("takeNext.none"));
      toast(t("takeNext.taken", { number: claim.claim_number }));
      void navigate(`/claims/${claim.claim_number}`);
    },
    onError: (error) => toast(say(asProblem(error))),
  });
  return { run: () => !isPending && mutate(), isPending };
}
