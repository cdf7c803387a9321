/** The decision that stands, in the words of who made it: why it was denied, or what was said of an approval. */
import { useQuery } from "@tanstack/react-query";
import { historyQuery } from "@/api/queries";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { decisionOf } from "@/pages/claim/steps";
import type { HospitalClaim } from "../queries";
import { messages } from "./messages";

export function Decision({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const { data: history } = useQuery(historyQuery(claim.claim_number));
  const decision = claim.status_group === "decided" ? decisionOf(history ?? []) : undefined;
  const { rejection_reason: reason, approved_amount: approved } = claim;
  const remarks = decision?.texts.remarks;
  if (!decision || (!reason && !remarks)) return null;
  return (
    <section
      aria-labelledby="decision"
      className={cx("flex flex-col gap-1 rounded-surface p-4", approved === null ? "bg-negative-tint" : "bg-positive-tint")}
    >
      <h2 id="decision" className="text-base">
        {t(approved === null ? "decision.against" : "decision.for")}
      </h2>
      {reason && <p className="max-w-prose text-base font-medium whitespace-pre-line">{reason}</p>}
      {remarks && <p className="max-w-prose text-base whitespace-pre-line">{remarks}</p>}
      {decision.actor && <p className="text-muted">{t("decision.by", { name: decision.actor.name, time: format.time(decision.at) })}</p>}
    </section>
  );
}
