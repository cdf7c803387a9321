/** What needs nothing of the hospital now: what the payers are at, and what they decided lately. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { countsQuery } from "@/api/queries";
import { StatusBadge } from "@/claims/status-badge";
import { Section } from "@/components/card";
import { Failed, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { type HospitalRow, hospitalWorkflowsQuery, latestQuery } from "../queries";
import { clocks } from "../waiting";
import { messages } from "./messages";

const MOST = 6;

export function Latest() {
  const { data: workflows } = useQuery(hospitalWorkflowsQuery);
  const { data: rows, error, refetch } = useQuery(latestQuery);
  const { data: counts } = useQuery(countsQuery({}));
  if (error && !rows) return <Failed error={error} retry={() => void refetch()} />;
  if (!rows || !workflows) return <SkeletonList rows={3} row="h-14" />;
  const clock = clocks(workflows);
  const isWithPayer = (status: string) => clock.get(status) === "claim_processor";
  const isDecided = (status: string) => clock.get(status) === null;
  const of = (fits: (status: string) => boolean) => ({
    rows: rows.filter(({ status, waiting }) => !waiting && fits(status)).slice(0, MOST),
    count: counts?.items.filter(({ status }) => fits(status)).reduce((sum, { count }) => sum + count, 0),
  });
  return (
    <div className="mt-2 grid items-start gap-8 xl:grid-cols-2">
      <Part id="payer" {...of(isWithPayer)} />
      <Part id="decided" {...of(isDecided)} />
    </div>
  );
}

function Part({ id, rows, count }: { id: "payer" | "decided"; rows: HospitalRow[]; count: number | undefined }) {
  const t = useText(messages);
  return (
    <Section id={id} title={t(`part.${id}`)} aside={<All id={id} count={count} />}>
      {rows.length === 0 ? (
        <p className="text-muted">{t(`part.${id}.none`)}</p>
      ) : (
        <ul className="divide-y divide-line rounded-surface border border-line bg-surface">
          {rows.map((row) => (
            <Line key={row.id} claim={row} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function All({ id, count }: { id: "payer" | "decided"; count: number | undefined }) {
  const t = useText(messages);
  return (
    <Link to={id === "decided" ? "/claims?status_group=decided" : "/claims"} className="text-brand underline underline-offset-4">
      {t(`part.${id}.all`, { count: count ?? "" })}
    </Link>
  );
}

function Line({ claim }: { claim: HospitalRow }) {
  const format = useFormat();
  const { updated_at: at, approved_amount: approved } = claim;
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-sunken sm:grid-cols-[minmax(0,1fr)_auto_6rem]">
      <div className="min-w-0">
        <Link to={`/claims/${claim.claim_number}`} className="block truncate font-semibold after:absolute after:inset-0">
          {claim.person_name}
        </Link>
        <p className="text-muted">
          {claim.payer.name} · <time dateTime={at} title={format.time(at)}>{format.ago(at)}</time>
        </p>
      </div>
      <div className="max-sm:order-last max-sm:col-span-2">
        <StatusBadge claim={claim} />
      </div>
      <data className="self-start text-end font-medium sm:self-center">{format.amount(approved ?? claim.claim_amount, claim.currency)}</data>
    </li>
  );
}
