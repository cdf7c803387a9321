/** How long claims waited for each side, by workflow. */
import { useQuery } from "@tanstack/react-query";
import { Bars, PALE, STRONG } from "./bars";
import { Panel, PanelWaiting } from "./panel";
import { type Filters, type Turnaround, turnaroundQuery } from "./queries";
import { useWords } from "./words";

// Whose turns the title speaks of: of those who are asked, where there are any.
const FIRST = ["hospital", "policyholder", "payer"] as const;

export function TurnaroundPanel({ filters }: { filters: Filters }) {
  const { t, format, time, workflow, newest } = useWords();
  const { data, error, refetch, isPlaceholderData } = useQuery(turnaroundQuery(filters));
  const title = useTitle(data);
  if (!data) return <PanelWaiting error={error} retry={() => void refetch()} />;
  const party = (name: string) => t.of(`party.${name}`, name);
  const words = ["workflow", "party", "ended", "open", "median", "p90"] as const;
  const rows = data.items.map((item) => [
    workflow(item.workflow),
    party(item.party),
    format.number(item.ended),
    format.number(item.open),
    time(item.median_seconds),
    time(item.p90_seconds),
  ]);
  const bars = data.items.map((item) => ({
    key: item.workflow + item.party,
    label: `${party(item.party)} · ${workflow(item.workflow)}`,
    says:
      item.median_seconds === null
        ? t("turnaround.open", { count: item.open })
        : t("turnaround.bar", { median: time(item.median_seconds), p90: time(item.p90_seconds) }),
    layers: [
      { size: item.p90_seconds ?? 0, fill: PALE },
      { size: item.median_seconds ?? 0, fill: STRONG },
    ],
  }));
  return (
    <Panel
      table="turnaround"
      about={t("turnaround.about")}
      title={title}
      filters={filters}
      rows={{ columns: words.map((word) => t(`column.${word}`)), words: 2, rows }}
      note={newest(data)}
      isEmpty={data.items.length === 0}
      busy={isPlaceholderData}
    >
      <Bars
        bars={bars}
        description={bars.map((bar) => `${bar.label}: ${bar.says}`).join("; ")}
        legend={[
          { fill: STRONG, label: t("turnaround.median") },
          { fill: PALE, label: t("turnaround.p90") },
        ]}
      />
    </Panel>
  );
}

function useTitle(data: Turnaround | undefined): string {
  const { t, time } = useWords();
  const ended = data?.items.filter((item) => item.median_seconds !== null) ?? [];
  for (const party of FIRST) {
    const item = ended.find((each) => each.party === party);
    if (item) return t(`turnaround.title.${party}`, { time: time(item.median_seconds) });
  }
  return t("turnaround.titleNone");
}
