/** Why hospitals were asked, and why claims were refused. */
import { useQuery } from "@tanstack/react-query";
import { Bars, STRONG } from "./bars";
import { Panel, PanelWaiting } from "./panel";
import { type Filters, type Reasons, reasonsQuery } from "./queries";
import { useWords } from "./words";

const KINDS = ["query", "rejection"] as const;
type Kind = (typeof KINDS)[number];

export function ReasonsPanel({ filters }: { filters: Filters }) {
  const { t, format, workflow } = useWords();
  const { data, error, refetch, isPlaceholderData } = useQuery(reasonsQuery(filters));
  const title = useTitle(data);
  if (!data) return <PanelWaiting error={error} retry={() => void refetch()} />;
  const reason = (name: string) => t.of(`reason.${name}`, name);
  const columns = [t("column.kind"), t("column.workflow"), t("column.reason"), t("column.count")];
  const rows = data.items.map((item) => [
    t(`kind.${item.kind}`),
    workflow(item.workflow),
    reason(item.reason),
    format.number(item.count),
  ]);
  const most = Math.max(...data.items.map((item) => item.count), 1);
  return (
    <Panel
      table="reasons"
      about={t("reasons.about")}
      title={title}
      filters={filters}
      rows={{ columns, words: 3, rows }}
      note={data.items.some((item) => item.reason === "other") && t("reasons.note")}
      isEmpty={data.items.length === 0}
      busy={isPlaceholderData}
    >
      {KINDS.map((kind) => {
        const bars = counted(data, kind).map(([name, count]) => ({
          key: name,
          label: reason(name),
          says: format.number(count),
          layers: [{ size: count, fill: STRONG }],
        }));
        if (bars.length === 0) return null;
        return (
          <div key={kind} className="flex flex-col gap-3">
            <h3 className="text-sm">{t(`reasons.${kind}`)}</h3>
            <Bars isCompact bars={bars} full={most} description={bars.map((bar) => `${bar.label}: ${bar.says}`).join("; ")} />
          </div>
        );
      })}
    </Panel>
  );
}

/** The reasons of all workflows together, the most frequent ones first, other ones last. */
function counted({ items }: Reasons, kind: Kind): [string, number][] {
  const found = new Map<string, number>();
  for (const item of items.filter((each) => each.kind === kind)) {
    found.set(item.reason, (found.get(item.reason) ?? 0) + item.count);
  }
  return [...found].toSorted(([a, many], [b, more]) => Number(a === "other") - Number(b === "other") || more - many);
}

function useTitle(data: Reasons | undefined): string {
  const { t } = useWords();
  const named = (kind: Kind) => (data ? counted(data, kind).find(([name]) => name !== "other")?.[0] : undefined);
  const [query, rejection] = [named("query"), named("rejection")];
  if (query) return t("reasons.titleQuery", { reason: t.of(`reason.${query}`, query) });
  if (rejection) return t("reasons.titleRejection", { reason: t.of(`reason.${rejection}`, rejection) });
  return data?.items.length ? t("reasons.about") : t("reasons.titleNone");
}
