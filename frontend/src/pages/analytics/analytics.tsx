/** Analytics for staff: how claims stand, how long they wait, how much, and why; each chart with its table. */
import { useQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { useSearchParams } from "react-router";
import { asProblem } from "@/api/problem";
import { LinkButton } from "@/components/button";
import { Empty, Failed, Page } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { AmountsPanel } from "./amounts-panel";
import { ClaimsPanel } from "./claims-panel";
import { Filters } from "./filters";
import { messages } from "./messages";
import { NoticesPanel } from "./notices-panel";
import { PanelWaiting } from "./panel";
import { type ClaimsOverTime, type Filters as Asked, filtersOf, overTimeQuery } from "./queries";
import { ReasonsPanel } from "./reasons-panel";
import { TurnaroundPanel } from "./turnaround-panel";

export default function AnalyticsPage() {
  const t = useText(messages);
  const format = useFormat();
  const [search] = useSearchParams();
  const filters = filtersOf(search);
  const { data, error, refetch, isPlaceholderData } = useQuery(overTimeQuery(filters));
  const isClosed = error !== null && asProblem(error).status === 403;
  const intro = data ? t("intro", { from: format.day(data.from), to: format.day(data.to) }) : " ";
  return (
    <Page width="desk" title={t("title")} intro={intro}>
      {isClosed ? null : <Filters from={data?.from ?? filters.from ?? ""} to={data?.to ?? filters.to ?? ""} />}
      {error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <Panels data={data} filters={filters} busy={isPlaceholderData} />
      )}
    </Page>
  );
}

function Panels({ data, filters, busy }: { data: ClaimsOverTime | undefined; filters: Asked; busy: boolean }) {
  if (data?.total === 0) return <None />;
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      {data ? (
        <ClaimsPanel data={data} filters={filters} busy={busy} />
      ) : (
        <PanelWaiting error={null} retry={() => undefined} className="xl:col-span-2" />
      )}
      <TurnaroundPanel filters={filters} />
      <AmountsPanel filters={filters} />
      <ReasonsPanel filters={filters} />
      <NoticesPanel filters={filters} />
    </div>
  );
}

function None() {
  const t = useText(messages);
  const clear = (
    <LinkButton to="/analytics" variant="secondary">
      {t("clear")}
    </LinkButton>
  );
  return (
    <Empty icon={SearchX} title={t("none")} action={clear}>
      {t("noneText")}
    </Empty>
  );
}
