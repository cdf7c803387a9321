/** What was claimed, what is approved, and why it is less. */
import type { ReactNode } from "react";
import type { Claim } from "@/api/queries";
import { Card, Section } from "@/components/card";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function Amounts({ claim, id, className }: { claim: Claim; id: string; className: string }) {
  const t = useText(messages);
  const format = useFormat();
  const amount = (value: string) => format.amount(value, claim.currency);
  const { approved_amount: approved, claim_amount: claimed } = claim;
  const less = approved === null ? 0 : Number(claimed) - Number(approved);
  return (
    <Section id={id} title={t("amounts.title")} className={className}>
      <Card className="flex flex-col gap-3">
        <dl className="flex flex-col gap-2">
          <Line name={t("amounts.claimed")}>{amount(claimed)}</Line>
          {less > 0 && <Line name={t("amounts.refused")}>{`− ${amount(less.toFixed(2))}`}</Line>}
          {approved !== null && (
            <Line name={t("amounts.approved")} isSum>
              {amount(approved)}
            </Line>
          )}
        </dl>
        <Reason claim={claim} />
        {claim.payment_reference && (
          <p className="text-sm text-muted">
            {t("amounts.payment")} <span className="font-medium text-ink">{claim.payment_reference}</span>
          </p>
        )}
      </Card>
    </Section>
  );
}

function Line({ name, isSum = false, children }: { name: string; isSum?: boolean; children: ReactNode }) {
  return (
    <div className={cx("flex items-baseline justify-between gap-4", isSum && "border-t border-line pt-2 text-lg font-semibold")}>
      <dt className={isSum ? "" : "text-muted"}>{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

/** While it is decided anew, the former decision's words are no reason any more; the timeline keeps them. */
function Reason({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const isDecided = claim.status_group === "decided" || claim.status_group === "closed";
  if (!claim.status_notes || !isDecided) return null;
  const isAgainst = claim.approved_amount === null || Number(claim.approved_amount) < Number(claim.claim_amount);
  return (
    <div className={cx("rounded-control p-3", claim.approved_amount === null ? "bg-negative-tint" : "bg-sunken")}>
      <p className="text-sm font-semibold">{t(isAgainst ? "amounts.reason" : "amounts.note")}</p>
      <p className="whitespace-pre-line">{claim.status_notes}</p>
    </div>
  );
}
