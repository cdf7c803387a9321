/** Whom the claim waits for, since when, and until when an answer was wanted. */
import { useQuery } from "@tanstack/react-query";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Query, type StaffClaim, pinnedQuery, useHistory } from "./queries";

export interface Waiting {
  name: string;
  text: string;
  isLate: boolean;
}

/** null for a claim that waits for nobody; until it is known, a place is kept for it. */
export function useWaiting(claim: StaffClaim): Waiting | null {
  const t = useText(messages);
  const format = useFormat();
  const { data: workflow } = useQuery(pinnedQuery(claim));
  const history = useHistory(claim.claim_number);
  const clock = workflow?.states.find(({ code }) => code === claim.status)?.clock;
  if (workflow && !clock) return null;
  const since = history?.findLast(({ to_status: to }) => to === claim.status)?.at ?? claim.created_at;
  const due = openQuery(claim)?.due_at;
  const other = claim.hospital?.name ?? claim.person_name;
  if (!workflow || !due || clock === "claim_processor") {
    const name = !workflow ? t("waits") : clock === "claim_processor" ? t("waitsForUs") : t("waitsForSince", { other });
    return { name, text: format.ago(since), isLate: false };
  }
  const isLate = isPast(due);
  return { name: t("waitsForUntil", { other }), text: t(isLate ? "overdue" : "due", { time: format.time(due), ago: format.ago(due) }), isLate };
}

export function openQuery({ queries }: StaffClaim): Query | undefined {
  return queries.findLast(({ answered_at: at }) => at === null);
}

export function isPast(instant: string): boolean {
  return Date.parse(instant) < Date.now();
}
