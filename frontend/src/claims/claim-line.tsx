/** A claim in a list of a claimant's: the whole line is a link. */
import { Link } from "react-router";
import type { ClaimRow } from "@/api/queries";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { StatusBadge } from "./status-badge";
import { TypeIcon } from "./type-icon";

export function ClaimLine({ claim }: { claim: ClaimRow }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <li className="relative flex gap-3 p-4 hover:bg-sunken sm:gap-4">
      <TypeIcon type={claim.claim_type} />
      <div className="min-w-0 flex-1">
        <Link to={`/claims/${claim.claim_number}`} className="line-clamp-1 font-semibold after:absolute after:inset-0">
          {claim.description}
        </Link>
        <p className="text-sm text-muted">
          {t.of(`type.${claim.claim_type}`, claim.claim_type)} · {format.day(claim.incident_date)}
          <span className="max-sm:hidden"> · </span>
          <span className="whitespace-nowrap max-sm:block">{claim.claim_number}</span>
        </p>
        <div className="mt-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <StatusBadge claim={claim} />
          <Amounts claim={claim} />
        </div>
      </div>
    </li>
  );
}

/** What is paid of what was claimed, once that is another amount. */
function Amounts({ claim }: { claim: ClaimRow }) {
  const t = useText(messages);
  const format = useFormat();
  const claimed = format.amount(claim.claim_amount, claim.currency);
  const approved = claim.approved_amount && format.amount(claim.approved_amount, claim.currency);
  if (!approved || approved === claimed) return <data className="font-semibold">{claimed}</data>;
  return (
    <span>
      <data className="font-semibold">{approved}</data>
      <span className="ms-1.5 text-sm text-muted">{t("amount.of", { claimed })}</span>
    </span>
  );
}
