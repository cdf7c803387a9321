/** Where the claim stands, at a glance: number, status, amount, and what comes next by whom. */
import type { Claim } from "@/api/queries";
import { Expected } from "@/claims/expected";
import { standingOf } from "@/claims/standing";
import { StatusBadge } from "@/claims/status-badge";
import { TypeIcon } from "@/claims/type-icon";
import { CopyButton } from "@/components/copy";
import { Heading } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { usePayer } from "./about";
import { messages } from "./messages";

export function Head({ claim, title }: { claim: Claim; title: string }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <div className="-mt-3 flex gap-4">
      <TypeIcon type={claim.claim_type} className="mt-1 max-sm:hidden" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Heading>{title}</Heading>
          <StatusBadge claim={claim} />
        </div>
        <p className="flex flex-wrap items-center gap-x-2 text-muted">
          <span className="flex items-center font-medium whitespace-nowrap select-all">
            {claim.claim_number}
            <span className="no-print -my-2">
              <CopyButton text={claim.claim_number} />
            </span>
          </span>
          <span>{t("filed", { date: format.date(claim.created_at) })}</span>
        </p>
        <Now claim={claim} />
        <Expected number={claim.claim_number} className="max-w-2xl text-muted" />
      </div>
    </div>
  );
}

function Now({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const payer = usePayer(claim);
  const format = useFormat();
  const amount = (value: string | null) => (value ? format.amount(value, claim.currency) : "");
  const values = { payer, approved: amount(claim.approved_amount), claimed: amount(claim.claim_amount) };
  const key = `now.${standingOf(claim)}`;
  // An operator's own workflow has statuses that no sentence is written for.
  if (!t.of(key, "")) return null;
  return <p className="mt-2 max-w-2xl text-base sm:text-lg">{t(key as "now.pending", values)}</p>;
}
