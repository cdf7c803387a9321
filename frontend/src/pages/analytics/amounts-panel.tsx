/** What was claimed, what of it is decided, and what of that was approved. */
import { useQuery } from "@tanstack/react-query";
import { Bars, PALE, LAYERS, STRONG } from "./bars";
import { Panel, PanelWaiting } from "./panel";
import { type Amounts, type Filters, amountsQuery } from "./queries";
import { sumOf } from "./scales";
import { useWords } from "./words";

export function AmountsPanel({ filters }: { filters: Filters }) {
  const { t, format, share, workflow } = useWords();
  const { data, error, refetch, isPlaceholderData } = useQuery(amountsQuery(filters));
  if (!data) return <PanelWaiting error={error} retry={() => void refetch()} />;
  const approved = approvedShare(data);
  const columns = [
    t("column.workflow"),
    t("column.currency"),
    t("column.claims"),
    t("amounts.claimed"),
    t("column.decidedClaims"),
    t("amounts.decided"),
    t("column.approvedClaims"),
    t("amounts.approved"),
    t("column.share"),
  ];
  const rows = data.items.map((item) => [
    workflow(item.workflow),
    item.currency,
    format.number(item.claims),
    format.amount(item.claimed, item.currency),
    format.number(item.decided_claims),
    format.amount(item.decided, item.currency),
    format.number(item.approved_claims),
    format.amount(item.approved, item.currency),
    share(item.approval_share),
  ]);
  const bars = data.items.map((item) => ({
    key: item.workflow + item.currency,
    label: workflow(item.workflow),
    says: t("amounts.bar", {
      approved: format.amount(item.approved, item.currency),
      decided: format.amount(item.decided, item.currency),
      claimed: format.amount(item.claimed, item.currency),
    }),
    layers: [item.claimed, item.decided, item.approved].map((amount, index) => ({
      size: Number(amount),
      fill: LAYERS[index] ?? STRONG,
    })),
  }));
  return (
    <Panel
      table="amounts"
      about={t("amounts.about")}
      title={approved === null ? t("amounts.titleNone") : t("amounts.title", { share: share(approved) })}
      filters={filters}
      rows={{ columns, words: 2, rows }}
      isEmpty={data.items.length === 0}
      busy={isPlaceholderData}
    >
      <Bars
        bars={bars}
        description={bars.map((bar) => `${bar.label}: ${bar.says}`).join("; ")}
        legend={[
          { fill: STRONG, label: t("amounts.approved") },
          { fill: LAYERS[1], label: t("amounts.decided") },
          { fill: PALE, label: t("amounts.claimed") },
        ]}
      />
    </Panel>
  );
}

/** Of everything in the currency that comes first; null when nothing of it is decided. */
function approvedShare({ items }: Amounts): number | null {
  const same = items.filter((item) => item.currency === items[0]?.currency);
  const decided = Number(sumOf(same.map((item) => item.decided)));
  return decided ? Number(sumOf(same.map((item) => item.approved))) / decided : null;
}
