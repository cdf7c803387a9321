/** What waits for the hospital: late, due soon, and the rest; then denials that it may contest. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useMinute } from "@/claims/due";
import { Section } from "@/components/card";
import { Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { type HospitalRow, hospitalWorkflowsQuery, openQuery } from "../queries";
import { type OpenStatus, grouped, openStatuses } from "../waiting";
import { messages } from "./messages";
import { WaitingLine } from "./waiting-line";

export function WaitingForUs() {
  const { data: workflows, error, refetch } = useQuery(hospitalWorkflowsQuery);
  if (error && !workflows) return <Failed error={error} retry={() => void refetch()} />;
  return workflows ? <Read statuses={openStatuses(workflows)} /> : <SkeletonList rows={4} row="h-16" />;
}

function Read({ statuses }: { statuses: OpenStatus[] }) {
  const { data: rows, error, refetch } = useQuery(openQuery(statuses));
  if (error && !rows) return <Failed error={error} retry={() => void refetch()} />;
  return rows ? <Shown rows={rows} statuses={statuses} /> : <SkeletonList rows={4} row="h-16" />;
}

function Shown({ rows, statuses }: { rows: HospitalRow[]; statuses: OpenStatus[] }) {
  const t = useText(messages);
  const now = useMinute();
  const { late, soon, later, choice } = grouped(rows, statuses, now);
  const count = late.length + soon.length + later.length;
  return (
    <>
      <p role="status" className="sr-only">
        {t("waiting.count", { count, late: late.length })}
      </p>
      {count === 0 && <Nothing />}
      <Group id="late" rows={late} />
      <Group id="soon" rows={soon} />
      <Group id="later" rows={later} />
      <Group id="choice" rows={choice}>
        <p className="-mt-2 max-w-2xl text-muted">{t("choice.text")}</p>
      </Group>
    </>
  );
}

function Group({ id, rows, children }: { id: "late" | "soon" | "later" | "choice"; rows: HospitalRow[]; children?: ReactNode }) {
  const t = useText(messages);
  if (rows.length === 0) return null;
  return (
    <Section id={id} title={t(`group.${id}`)} aside={<Count count={rows.length} isLate={id === "late"} />}>
      {children}
      <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
        {rows.map((row) => (
          <WaitingLine key={row.id} claim={row} />
        ))}
      </ul>
    </Section>
  );
}

function Count({ count, isLate }: { count: number; isLate: boolean }) {
  const t = useText(messages);
  return <p className={isLate ? "font-semibold text-negative" : "text-muted"}>{t("count", { count })}</p>;
}

function Nothing() {
  const t = useText(messages);
  return (
    <p className="flex items-center gap-3 rounded-surface bg-positive-tint px-4 py-4 text-base">
      <CircleCheck className="size-6 shrink-0 text-positive" aria-hidden />
      {t("waiting.none")}
    </p>
  );
}
