/** A claim in the list of a phone. */
import { useFormat } from "@/i18n/format";
import { StatusBadge } from "@/claims/status-badge";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { AssigneeCell } from "./assignee";
import { messages } from "./messages";
import { ChooseBox, RowLink, type RowProps, Since, Who } from "./row";
import { Waits } from "./waits";

export function ClaimCard({ row, isGone, isChosen, onChoose, working, onHandOver }: RowProps) {
  const t = useText(messages);
  const format = useFormat();
  const amount = (value: string) => format.amount(value, row.currency);
  return (
    <li data-claim={row.id} className={cx("group relative flex gap-1 py-3 ps-1 pe-4", isChosen && "bg-brand-tint", isGone && "text-muted")}>
      {onChoose ? <ChooseBox row={row} isChosen={isChosen} onChoose={onChoose} className="-my-1 self-start px-3 py-2.5" /> : <span className="w-2" />}
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <RowLink row={row} className="font-semibold whitespace-nowrap focus-visible:after:outline-2 focus-visible:after:outline-focus" />
          {row.due_at ? <Waits row={row} /> : <Since instant={row.created_at} />}
        </p>
        {isGone && <p className="sr-only">{t("row.gone")}</p>}
        <Who row={row} />
        <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5">
          <StatusBadge claim={row} className="!text-xs" />
          <data className="font-medium">{amount(row.approved_amount ?? row.claim_amount)}</data>
        </div>
        <AssigneeCell row={row} mayChange={onChoose !== null} working={working} onHandOver={onHandOver} isAlone />
      </div>
    </li>
  );
}
