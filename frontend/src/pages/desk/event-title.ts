/** An event of the claim in a few words, as staff say it. */
import { useMemo } from "react";
import type { HistoryItem } from "@/api/queries";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { eventMessages } from "./event-messages";
import type { StaffClaim } from "./queries";

/** What staff do among themselves: the other side learns nothing of it. */
const INTERNAL = new Set(["claim_note", "claim_assigned", "claim_released", "text_erased"]);

export function isInternal({ type }: Pick<HistoryItem, "type">): boolean {
  return INTERNAL.has(type);
}

export function useEventTitle(claim: StaffClaim): (event: HistoryItem) => string {
  const t = useText(eventMessages);
  const format = useFormat();
  return useMemo(() => {
    const name = (id: unknown) => claim.documents.find((document) => document.id === id)?.file_name ?? t("aDocument");
    return ({ action, type, details }) => {
      if (action === "approve" && typeof details.approved_amount === "string") {
        return t("approve.amount", { amount: format.amount(details.approved_amount, claim.currency) });
      }
      if (action) return t.of(`${action}.${details.resolution}`, t.of(action, plain(action)));
      if (type === "claim_documents_added") return t(details.replaces ? "replaced" : type, { count: lengthOf(details.documents), name: name(details.replaces) });
      if (type === "claim_document_verified") return t(`document.${details.verification as "verified"}`, { name: name(details.document_id) });
      return t.of(type, plain(type));
    };
  }, [t, format, claim]);
}

function plain(code: string): string {
  return code.replaceAll("_", " ");
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 1;
}
