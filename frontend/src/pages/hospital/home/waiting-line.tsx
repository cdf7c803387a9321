/** A claim that waits: until when, whose it is, and what is to be done. The whole line is a link to doing it. */
import { ChevronRight } from "lucide-react";
import { Link } from "react-router";
import { DueMark } from "@/claims/due-mark";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as doing } from "../messages";
import type { HospitalRow } from "../queries";
import { messages } from "./messages";

const COLUMNS = "grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[11rem_minmax(0,1.3fr)_minmax(0,1fr)_8rem_1.25rem] md:items-center md:gap-x-6";

export function WaitingLine({ claim }: { claim: HospitalRow }) {
  const format = useFormat();
  return (
    <li className={`relative items-start gap-x-4 gap-y-1.5 px-4 py-3 hover:bg-sunken ${COLUMNS}`}>
      <div className="max-md:order-3 max-md:col-span-2">
        <Until claim={claim} />
      </div>
      <div className="min-w-0">
        <Link to={`/claims/${claim.claim_number}`} className="text-base font-semibold after:absolute after:inset-0">
          {claim.person_name}
        </Link>
        <p className="text-muted">
          <span className="whitespace-nowrap">{claim.claim_number}</span> · {claim.payer.name}
        </p>
      </div>
      <Task waiting={claim.waiting} />
      <data className="text-end font-semibold whitespace-nowrap">{format.amount(claim.claim_amount, claim.currency)}</data>
      <ChevronRight className="size-5 text-muted max-md:hidden rtl:-scale-x-100" aria-hidden />
    </li>
  );
}

function Until({ claim: { waiting, status_group: group } }: { claim: HospitalRow }) {
  const t = useText(messages);
  if (waiting?.due_at) return <DueMark due={waiting.due_at} isChoice={group === "decided"} />;
  return <span className="text-muted">{t("noEnd")}</span>;
}

function Task({ waiting }: { waiting: HospitalRow["waiting"] }) {
  const t = useText(messages);
  const says = useText(doing);
  const format = useFormat();
  if (!waiting) return null;
  const { actions, since } = waiting;
  return (
    <p className="min-w-0 max-md:order-4 max-md:col-span-2">
      <span className="block font-medium">{actions.map((action) => says.of(`do.${action}`, action.replaceAll("_", " "))).join(", ")}</span>
      <time dateTime={since} title={format.time(since)} className="block text-muted">
        {t(actions.includes("contest") ? "denied" : "asked", { ago: format.ago(since) })}
      </time>
    </p>
  );
}
