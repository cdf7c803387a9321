/** What an action is called where the claim stands: to deny a contested claim is to uphold the denial. */
import { useText } from "@/i18n/text";
import type { Offer, StaffClaim } from "../queries";
import { messages } from "./messages";

/** An operator's own actions are called as the definition does. */
export function useLabel(claim: StaffClaim): (offer: Offer) => string {
  const t = useText(messages);
  return ({ action, label }) => t.of(`action.${action}.${claim.status}`, t.of(`action.${action}`, label));
}
