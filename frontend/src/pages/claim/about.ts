/** What the parts of the page know of the claim beside the claim itself. */
import { useQuery } from "@tanstack/react-query";
import { type Claim, type Policy, configQuery, historyQuery, policiesQuery } from "@/api/queries";
import { roleOf, useMe } from "@/api/session";
import { messages as claimMessages } from "@/claims/messages";
import { useText } from "@/i18n/text";
import { decisionOf } from "./steps";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The claim's policy, for its holder. */
export function usePolicy(claim: Claim): Policy | undefined {
  const isHolder = roleOf(useMe()) === "policyholder";
  const { data } = useQuery({ ...policiesQuery, enabled: isHolder });
  return data?.find(({ id }) => id === claim.user_policy_id);
}

/** Who decides and pays, by name where it is known: by the policy to its holder, by the claim itself to a hospital. */
export function usePayer(claim: Claim & { payer?: { name: string } }): string {
  const says = useText(claimMessages);
  const policy = usePolicy(claim);
  return policy?.payer.name ?? claim.payer?.name ?? says("insurer");
}

/** Until when the decision that stands can be appealed; undefined until it is known. */
export function useAppealEnd(claim: Claim): Date | undefined {
  const { data: history } = useQuery(historyQuery(claim.claim_number));
  const { data: config } = useQuery(configQuery);
  const decided = decisionOf(history ?? []);
  return decided && config && new Date(Date.parse(decided.at) + config.appeal_days * DAY_MS);
}

export function allows(claim: Claim, action: string): boolean {
  return claim.allowed_actions.some((offered) => offered.action === action);
}
