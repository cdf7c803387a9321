/** The policy that was chosen, and what follows from it. */
import { useQuery } from "@tanstack/react-query";
import { type Policy, configQuery, policiesQuery } from "@/api/queries";
import { type Part, openParts } from "@/drafts/judge";
import { todayIn } from "@/drafts/today";
import { useAnswers } from "./draft";

/** undefined until the policies are read. */
export function useChosenPolicy(): Policy | undefined {
  const { policyId } = useAnswers();
  return useQuery(policiesQuery).data?.find(({ id }) => id === policyId);
}

export function useToday(): string {
  const { data: config } = useQuery(configQuery);
  return todayIn(config?.timezone);
}

/** What is still to be answered; undefined until the policies are read. */
export function useOpenParts(): Part[] | undefined {
  const answers = useAnswers();
  const today = useToday();
  const { data: policies } = useQuery(policiesQuery);
  return policies && openParts(answers, policies, today);
}
