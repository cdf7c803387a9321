/** Taking the next claim from anywhere; undefined for those who take none. */
import { roleOf, useMe } from "@/api/session";
import { useTakeNext as useTakingNext } from "@/pages/queue/use-take-next";

export function useTakeNext(): (() => void) | undefined {
  const next = useTakingNext();
  return ["claim_processor", "admin"].includes(roleOf(useMe())) ? next.run : undefined;
}
