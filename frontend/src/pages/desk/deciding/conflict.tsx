/** The claim has changed since the form was opened: who did what, when, and how to go on. Nothing typed is lost. */
import { GitCompareArrows } from "lucide-react";
import { type ReactNode, useState } from "react";
import { StatusBadge } from "@/claims/status-badge";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useEventTitle } from "../event-title";
import { type StaffClaim, useHistory } from "../queries";
import { type Difference, type Opened, differences, eventsSince } from "./changes";
import { messages } from "./messages";

interface ChangedCardProps {
  claim: StaffClaim;
  opened: Opened;
  /** false: what the form is for cannot be done any more. */
  isStillOffered: boolean;
  onGoOn: () => void;
}

export function ChangedCard({ claim, opened, isStillOffered, onGoOn }: ChangedCardProps) {
  const t = useText(messages);
  const [isComparing, setComparing] = useState(false);
  const changed = differences(opened.claim, claim);
  return (
    <Notice kind="attention" live title={t("conflict.title")}>
      <WhoDidWhat claim={claim} opened={opened} />
      <p className="mt-1 text-muted">{t(isStillOffered ? "conflict.kept" : "conflict.over")}</p>
      {isComparing && <Comparison before={opened.claim} now={claim} changed={changed} />}
      <div className="mt-2 flex flex-wrap gap-2">
        {isStillOffered && (
          <Button variant="secondary" size="small" onClick={onGoOn}>
            {t("conflict.goOn")}
          </Button>
        )}
        {changed.length > 0 && (
          <Button variant="quiet" size="small" aria-expanded={isComparing} icon={<GitCompareArrows className="size-4" aria-hidden />} onClick={() => setComparing(!isComparing)}>
            {t("conflict.compare")}
          </Button>
        )}
      </div>
    </Notice>
  );
}

function WhoDidWhat({ claim, opened }: { claim: StaffClaim; opened: Opened }) {
  const t = useText(messages);
  const format = useFormat();
  const titleOf = useEventTitle(claim);
  const events = eventsSince(opened, useHistory(claim.claim_number) ?? []);
  if (events.length === 0) return <p>{t("conflict.something")}</p>;
  return (
    <ul>
      {events.map((event) => (
        <li key={event.id}>
          <span className="font-semibold">{event.actor?.name ?? t("conflict.system")}</span> · {titleOf(event)} ·{" "}
          <time className="whitespace-nowrap text-muted" dateTime={event.at} title={format.time(event.at)}>
            {format.ago(event.at)}
          </time>
        </li>
      ))}
    </ul>
  );
}

function Comparison({ before, now, changed }: { before: StaffClaim; now: StaffClaim; changed: Difference["what"][] }) {
  const t = useText(messages);
  return (
    <table className="mt-2 w-full text-start">
      <thead>
        <tr className="border-b border-line text-muted">
          <th className="sr-only">{t("compare.what")}</th>
          <th className="py-1 pe-3 text-start font-medium">{t("compare.before")}</th>
          <th className="py-1 text-start font-medium">{t("compare.now")}</th>
        </tr>
      </thead>
      <tbody>
        {changed.map((what) => (
          <tr key={what} className="border-b border-line align-top last:border-0">
            <th className="sr-only">{t(`compare.${what}`)}</th>
            <td className="py-1 pe-3">
              <Standing what={what} claim={before} />
            </td>
            <td className="py-1">
              <Standing what={what} claim={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Standing({ what, claim }: { what: Difference["what"]; claim: StaffClaim }): ReactNode {
  const t = useText(messages);
  const format = useFormat();
  const amount = (value: string | null) => (value === null ? t("compare.none") : format.amount(value, claim.currency));
  if (what === "status") return <StatusBadge claim={claim} />;
  if (what === "documents") return t("compare.documentCount", { count: claim.documents.length, verified: verified(claim) });
  if (what === "assignee") return claim.assignee?.name ?? t("compare.nobody");
  return what === "claim_amount" ? t("compare.claimed", { amount: amount(claim.claim_amount) }) : t("compare.approved", { amount: amount(claim.approved_amount) });
}

function verified({ documents }: StaffClaim): number {
  return documents.filter(({ verification }) => verification === "verified").length;
}
