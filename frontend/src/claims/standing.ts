/** How a claim stands, finer than its status: partly approved, and closed with which outcome. */

export interface Standing {
  status: string;
  status_group: string;
  resolution: string | null;
  claim_amount: string;
  approved_amount: string | null;
}

/** `approved.part`, `completed.paid`, or the status itself: the end of a message's key. */
export function standingOf(claim: Standing): string {
  if (claim.status === "completed" && claim.resolution) return `completed.${claim.resolution}`;
  return isPartial(claim) ? `${claim.status}.part` : claim.status;
}

export function isPartial({ status, claim_amount: claimed, approved_amount: approved }: Standing): boolean {
  return ["approved", "claim_approved"].includes(status) && approved !== null && Number(approved) < Number(claimed);
}
