/** The policy that was chosen, and what follows from it. */
import { useQuery } from "@tanstack/react-query";
import { type Policy, configQuery, policiesQuery } from "@/api/queries";
import { useAnswers } from "./draft";

/** undefined until the policies are read. */
export function useChosenPolicy(): Policy | undefined {
  const { policyId } = useAnswers();
  return useQuery(policiesQuery).data?.find(({ id }) => id === policyId);
}

/** Today where the install is, as the API counts days: `2026-11-02`. */
export function useToday(): string {
  const { data: config } = useQuery(configQuery);
  return todayIn(config?.timezone);
}

function todayIn(timeZone: string | undefined): string {
  // Swedes write dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv", timeZone ? { timeZone } : {}).format(new Date());
}
