/** Which notices people read, and how soon. */
import { useQuery } from "@tanstack/react-query";
import { Bars, PALE, STRONG } from "./bars";
import { Panel, PanelWaiting } from "./panel";
import { type Filters, noticesQuery } from "./queries";
import { useWords } from "./words";

export function NoticesPanel({ filters }: { filters: Filters }) {
  const { t, format, share, time, newest } = useWords();
  const { data, error, refetch, isPlaceholderData } = useQuery(noticesQuery(filters));
  if (!data) return <PanelWaiting error={error} retry={() => void refetch()} />;
  const category = (name: string) => t.of(`category.${name}`, name);
  const [told, read] = (["told", "read"] as const).map((name) => data.items.reduce((sum, item) => sum + item[name], 0));
  const columns = [
    t("column.category"),
    t("notices.told"),
    t("notices.read"),
    t("column.median"),
    t("column.p90"),
  ];
  const rows = data.items.map((item) => [
    category(item.category),
    format.number(item.told),
    format.number(item.read),
    time(item.median_seconds),
    time(item.p90_seconds),
  ]);
  const bars = data.items.map((item) => ({
    key: item.category,
    label: category(item.category),
    says: item.read
      ? t("notices.bar", { share: share(item.read_share), median: time(item.median_seconds) })
      : t("notices.barNone", { told: format.number(item.told) }),
    layers: [
      { size: item.told, fill: PALE },
      { size: item.read, fill: STRONG },
    ],
  }));
  return (
    <Panel
      table="notices"
      about={t("notices.about")}
      title={told ? t("notices.title", { share: share((read ?? 0) / told) }) : t("notices.titleNone")}
      filters={filters}
      rows={{ columns, words: 1, rows }}
      note={[t("notices.note"), newest(data)].join(" ")}
      isEmpty={data.items.length === 0}
      busy={isPlaceholderData}
    >
      <Bars
        bars={bars}
        description={bars.map((bar) => `${bar.label}: ${bar.says}`).join("; ")}
        legend={[
          { fill: STRONG, label: t("notices.read") },
          { fill: PALE, label: t("notices.told") },
        ]}
      />
    </Panel>
  );
}
