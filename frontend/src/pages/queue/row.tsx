/** A claim in the table: one line, and all of it a link. */
import { ReceiptText } from "lucide-react";
import { Link } from "react-router";
import { messages as claimMessages } from "@/claims/messages";
import { StatusBadge } from "@/claims/status-badge";
import { TYPE_ICONS } from "@/claims/type-icon";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useAge } from "./age";
import { Flags } from "./flags";
import { Waits } from "./waits";
import { AssigneeCell } from "./assignee";
import type { Column } from "./head";
import { messages } from "./messages";
import type { Row } from "./queries";
import type { Working } from "./working";

export interface RowProps {
  row: Row;
  isGone: boolean;
  isChosen: boolean;
  /** null: its reader changes nothing. */
  onChoose: ((row: Row, isRange: boolean) => void) | null;
  working: Working;
  onHandOver: (row: Row) => void;
}

export function TableRow({ columns, isDense, ...props }: RowProps & { columns: Column[]; isDense: boolean }) {
  const { row, isGone, isChosen, onChoose } = props;
  return (
    <tr
      data-claim={row.id}
      className={cx(
        "group relative has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-focus",
        isDense ? "h-8" : "h-10",
        isChosen ? "bg-brand-tint" : "bg-surface hover:bg-sunken",
        isGone && "text-muted",
      )}
    >
      {onChoose && (
        <td className="border-b border-line p-0">
          <ChooseBox row={row} isChosen={isChosen} onChoose={onChoose} className="h-full justify-center" />
        </td>
      )}
      {columns.map(({ name, className, isNumber }) => (
        <td key={name} className={cx("border-b border-line px-2", name !== "assignee" && "truncate", className, isNumber && "text-end")}>
          <Content name={name} {...props} />
        </td>
      ))}
    </tr>
  );
}

export function ChooseBox({ row, isChosen, onChoose, className }: Pick<RowProps, "row" | "isChosen"> & { onChoose: NonNullable<RowProps["onChoose"]>; className?: string }) {
  const t = useText(messages);
  return (
    <label className={cx("relative z-1 flex cursor-pointer items-center p-2", className)}>
      <input
        type="checkbox"
        checked={isChosen}
        // The click knows whether Shift is held; a change does not.
        onClick={(event) => onChoose(row, event.shiftKey)}
        onChange={() => undefined}
        className="size-4 accent-brand"
      />
      <span className="sr-only">{t("select.row", { number: row.claim_number })}</span>
    </label>
  );
}

function Content({ name, row, isGone, onChoose, working, onHandOver }: RowProps & { name: Column["name"] }) {
  const t = useText(messages);
  switch (name) {
    case "number":
      return (
        <>
          <RowLink row={row} className="font-medium whitespace-nowrap tabular-nums" />
          {isGone && <span className="sr-only">{t("row.gone")}</span>}
        </>
      );
    case "who":
      return <Who row={row} />;
    case "where":
      return <span className="text-muted">{(row.hospital ?? row.payer).name}</span>;
    case "status":
      return <StatusBadge claim={row} className="align-middle !text-xs" />;
    case "age":
      return <Since instant={row.created_at} />;
    case "waits":
      return <Waits row={row} />;
    case "changed":
      return <Since instant={row.updated_at} />;
    case "claimed":
      return <Amount amount={row.claim_amount} currency={row.currency} />;
    case "approved":
      return <Amount amount={row.approved_amount} currency={row.currency} />;
    case "assignee":
      return <AssigneeCell row={row} mayChange={onChoose !== null} working={working} onHandOver={onHandOver} />;
  }
}

/** The link that the whole row is. */
export function RowLink({ row, className }: { row: Row; className?: string }) {
  return (
    <Link to={`/claims/${row.claim_number}`} data-row-link className={cx("outline-none after:absolute after:inset-0", className)}>
      {row.claim_number}
    </Link>
  );
}

/** The hospital stands here where it has no column of its own, if it fits: what does not is in a second line, out of sight. */
export function Who({ row }: { row: Row }) {
  const says = useText(claimMessages);
  const type = says.of(`type.${row.claim_type}`, row.claim_type);
  const Icon = TYPE_ICONS[row.claim_type] ?? ReceiptText;
  return (
    <span className="flex h-lh flex-wrap items-center gap-x-2 gap-y-2 overflow-hidden" title={`${row.person_name} · ${(row.hospital ?? row.payer).name}`}>
      <span className="flex max-w-full min-w-0 items-center gap-2">
        <Icon className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="sr-only">{type}</span>
        <span className="truncate">{row.person_name}</span>
        <Flags flags={row.flags} />
      </span>
      {row.hospital && <span className="max-w-full truncate text-muted @min-[70rem]:hidden">{row.hospital.name}</span>}
    </span>
  );
}

export function Since({ instant }: { instant: string }) {
  const format = useFormat();
  const age = useAge();
  return (
    <time dateTime={instant} title={format.time(instant)} className="whitespace-nowrap">
      {age(instant)}
    </time>
  );
}

function Amount({ amount, currency }: { amount: string | null; currency: string }) {
  const format = useFormat();
  if (amount === null) return <span className="text-muted">–</span>;
  return <data className="whitespace-nowrap">{format.amount(amount, currency)}</data>;
}
