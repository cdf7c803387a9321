/** Claims over time, by how they stand now. */
import { messages as claimMessages } from "@/claims/messages";
import { useText } from "@/i18n/text";
import { Columns, bucketName } from "./columns";
import { Panel } from "./panel";
import type { ClaimsOverTime, Filters } from "./queries";
import { PHASES } from "./scales";
import { useWords } from "./words";

const DONE = new Set(["decided", "closed"]);

interface Props {
  data: ClaimsOverTime;
  filters: Filters;
  busy: boolean;
}

export function ClaimsPanel({ data, filters, busy }: Props) {
  const { t, format, workflow } = useWords();
  const says = useText(claimMessages);
  const open = data.items.reduce((sum, item) => sum + (DONE.has(item.status_group) ? 0 : item.count), 0);
  const total = format.number(data.total);
  const phase = (name: string) => t.of(`phase.${name}`, name);
  const columns = [t(`filed.${data.bucket}`), t("column.workflow"), t("column.phase"), t("column.status"), t("column.claims")];
  const rows = data.items.map((item) => [
    bucketName(format, data.bucket, item.starts),
    workflow(item.workflow),
    phase(item.status_group),
    says.of(`status.${item.status}`, item.status.replaceAll("_", " ")),
    format.number(item.count),
  ]);
  return (
    <Panel
      table="claims"
      className="xl:col-span-2"
      about={t("claims.about")}
      title={open ? t("claims.title", { open: format.number(open), total }) : t("claims.titleNone", { total })}
      filters={filters}
      rows={{ columns, words: 4, rows }}
      busy={busy}
    >
      <Columns data={data} description={useDescription(data)} />
    </Panel>
  );
}

function useDescription(data: ClaimsOverTime): string {
  const { t, format } = useWords();
  const parts = PHASES.flatMap((phase) => {
    const count = data.items.reduce((sum, item) => sum + (item.status_group === phase ? item.count : 0), 0);
    return count ? [`${t(`phase.${phase}`)}: ${format.number(count)}`] : [];
  });
  return t("claims.says", { buckets: t(`bucket.${data.bucket}`), parts: parts.join(", ") });
}
