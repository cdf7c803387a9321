/** Where the claim stands in a few lines: whose it is, its status, its amounts, and what comes next by whom. */
import { useQuery } from "@tanstack/react-query";
import { configQuery, historyQuery } from "@/api/queries";
import { Expected } from "@/claims/expected";
import { standingOf } from "@/claims/standing";
import { StatusBadge } from "@/claims/status-badge";
import { CopyButton } from "@/components/copy";
import { Heading } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { HospitalClaim } from "../queries";
import { messages } from "./messages";

export function Head({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <div className="-mt-3 flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Heading>{claim.person_name}</Heading>
        <StatusBadge claim={claim} />
        <Amount claim={claim} />
      </div>
      <p className="flex flex-wrap items-center gap-x-2 text-muted">
        <span className="flex items-center font-medium whitespace-nowrap select-all">
          {claim.claim_number}
          <span className="no-print -my-2">
            <CopyButton text={claim.claim_number} />
          </span>
        </span>
        <span>{claim.payer.name}</span>
        <span className="max-sm:hidden" aria-hidden>·</span>
        <span>{t("submitted", { hospital: claim.hospital?.name ?? "", date: format.date(claim.created_at) })}</span>
      </p>
      <Now claim={claim} />
      <Expected number={claim.claim_number} className="max-w-3xl text-muted" />
    </div>
  );
}

/** Claimed, and what of it is approved. */
function Amount({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const claimed = format.amount(claim.claim_amount, claim.currency);
  const approved = claim.approved_amount && format.amount(claim.approved_amount, claim.currency);
  return (
    <p className="ms-auto text-lg font-semibold max-sm:ms-0 max-sm:w-full">
      {claimed}
      {approved && (
        <>
          <span aria-hidden> → </span>
          <span className="sr-only">{t("approvedOf")}</span>
          <span className="text-positive">{approved}</span>
        </>
      )}
    </p>
  );
}

function Now({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const canContest = claim.allowed_actions.some(({ action }) => action === "contest");
  const standing = standingOf(claim);
  const key = `now.${standing}${standing === "claim_denial" && !canContest ? ".final" : ""}`;
  const said = t.of(key, "");
  if (!said) return null;
  return <p className="mt-1 max-w-3xl text-base">{t(key as "now.qc_pending", { payer: claim.payer.name })}</p>;
}

/** How often it may still be contested; undefined until it is known. */
export function useRoundsLeft(claim: HospitalClaim): number | undefined {
  const { data: history } = useQuery(historyQuery(claim.claim_number));
  const { data: config } = useQuery(configQuery);
  if (!history || !config) return undefined;
  return Math.max(0, config.contest_rounds - history.filter(({ action }) => action === "contest").length);
}
