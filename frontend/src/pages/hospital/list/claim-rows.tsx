/** Claims as lines of a table on a desk, and as cards on a phone; each is one link. */
import { Link } from "react-router";
import { useDue } from "@/claims/due";
import { StatusBadge } from "@/claims/status-badge";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { HospitalRow } from "../queries";
import { messages } from "./messages";

const COLUMNS = "lg:grid lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1.2fr)_14rem_11rem_9rem] lg:items-center lg:gap-x-6 lg:px-4";

export function ClaimRows({ rows }: { rows: HospitalRow[] }) {
  const t = useText(messages);
  const hasSeveral = new Set(rows.map(({ hospital }) => hospital?.id)).size > 1;
  const heads = [t("head.patient"), t("head.payer"), t("head.status"), t("head.waiting")];
  return (
    <div className="overflow-clip rounded-surface border border-line bg-surface">
      {/* For the eye: each line says by itself what it is. */}
      <div aria-hidden className={cx("sticky top-14 z-10 hidden border-b border-line bg-sunken py-2 font-semibold", COLUMNS)}>
        {heads.map((head) => (
          <span key={head}>{head}</span>
        ))}
        <span className="text-end">{t("head.amount")}</span>
      </div>
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <Row key={row.id} claim={row} isHospitalShown={hasSeveral} />
        ))}
      </ul>
    </div>
  );
}

function Row({ claim, isHospitalShown }: { claim: HospitalRow; isHospitalShown: boolean }) {
  return (
    <li
      className={cx(
        "relative flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3 hover:bg-sunken lg:min-h-14 lg:py-2",
        COLUMNS,
      )}
    >
      {/* On a phone it leaves room beside it for the amount, and for nothing else. */}
      <div className="min-w-0 max-lg:grow max-lg:basis-[calc(100%-9rem)]">
        <Link to={`/claims/${claim.claim_number}`} className="block truncate text-base font-semibold after:absolute after:inset-0 lg:text-sm">
          {claim.person_name}
        </Link>
        <span className="block whitespace-nowrap text-muted">{claim.claim_number}</span>
      </div>
      <p className="min-w-0 truncate max-lg:order-4 max-lg:w-full max-lg:text-muted">
        {claim.payer.name}
        {isHospitalShown && <span className="text-muted"> · {claim.hospital?.name}</span>}
      </p>
      <div className="max-lg:order-2">
        <StatusBadge claim={claim} />
      </div>
      <div className="max-lg:order-3">
        {claim.waiting?.due_at ? <Due due={claim.waiting.due_at} isChoice={claim.status_group === "decided"} /> : <Changed at={claim.updated_at} />}
      </div>
      <div className="text-end whitespace-nowrap max-lg:order-1">
        <Amounts claim={claim} />
      </div>
    </li>
  );
}

function Due({ due, isChoice }: { due: string; isChoice: boolean }) {
  const format = useFormat();
  const { text, isLate, isSoon } = useDue(due, isChoice);
  return (
    <time dateTime={due} title={format.moment(due)} className={cx("font-semibold", isLate ? "text-negative" : isSoon && "text-waiting")}>
      {text}
    </time>
  );
}

function Changed({ at }: { at: string }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <time dateTime={at} title={format.time(at)} className="text-muted">
      {t("changed", { ago: format.ago(at) })}
    </time>
  );
}

function Amounts({ claim }: { claim: HospitalRow }) {
  const t = useText(messages);
  const format = useFormat();
  const claimed = format.amount(claim.claim_amount, claim.currency);
  const approved = claim.approved_amount && format.amount(claim.approved_amount, claim.currency);
  return (
    <>
      <data className="font-semibold">{approved ?? claimed}</data>
      {approved && approved !== claimed && <span className="block text-muted">{t("of", { claimed })}</span>}
    </>
  );
}
