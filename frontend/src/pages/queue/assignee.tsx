/** Who works on a claim, and what can be done about it from its row. */
import { ChevronDown } from "lucide-react";
import { roleOf, useMe } from "@/api/session";
import { cx } from "@/components/cx";
import { Menu } from "@/components/menu";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import type { Row } from "./queries";
import type { Working } from "./working";

interface AssigneeProps {
  row: Row;
  mayChange: boolean;
  working: Working;
  onHandOver: (row: Row) => void;
  /** In a list, where nothing stands below one another: no dash for nobody. */
  isAlone?: boolean;
}

const LINE = "flex min-h-9 w-full cursor-pointer items-center rounded-control px-2 text-start text-sm hover:bg-sunken";

export function AssigneeCell({ row, mayChange, working, onHandOver, isAlone = false }: AssigneeProps) {
  const t = useText(messages);
  const me = useMe();
  const { assignee } = row;
  const isClosed = row.status_group === "closed";
  if (!assignee) {
    if (mayChange && !isClosed) return <Take row={row} working={working} isAlone={isAlone} />;
    return isAlone ? null : <span className="text-muted">–</span>;
  }
  const isMine = assignee.id === me.id;
  const name = isMine ? t("assignee.me") : assignee.name;
  if (!mayChange || isClosed || !(isMine || roleOf(me) === "admin")) return <span className="block truncate">{name}</span>;
  const label = (
    <>
      <span aria-hidden className="truncate">
        {name}
      </span>
      <span className="sr-only">{t("assignee.menu", { name, number: row.claim_number })}</span>
      <ChevronDown className="size-3.5 shrink-0 text-muted" aria-hidden />
    </>
  );
  return (
    <Menu label={label} className={cx("relative z-1 -mx-1.5 flex h-7 max-w-full cursor-pointer items-center gap-1 rounded-control px-1.5 hover:bg-brand-tint", isMine && "font-medium")}>
      {(close) => (
        <>
          <button type="button" className={LINE} onClick={() => (close(), onHandOver(row))}>
            {t("handOver")}
          </button>
          <button type="button" className={LINE} onClick={() => (close(), working.give(row, null))}>
            {t("release")}
          </button>
        </>
      )}
    </Menu>
  );
}

/** In a column a dash until one comes near: a column of buttons would say nothing. */
function Take({ row, working, isAlone }: { row: Row; working: Working; isAlone: boolean }) {
  const t = useText(messages);
  const near = "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100";
  return (
    <span className="relative block">
      {!isAlone && (
        <span aria-hidden className="absolute inset-y-0 start-0 content-center text-muted group-focus-within:opacity-0 group-hover:opacity-0 pointer-coarse:opacity-0">
          –
        </span>
      )}
      <button
        type="button"
        onClick={() => working.give(row, undefined)}
        className={cx("relative z-1 -ms-1.5 h-7 cursor-pointer rounded-control px-1.5 font-semibold text-brand hover:bg-surface", !isAlone && near)}
      >
        {t("take")}
        <span className="sr-only">{` ${row.claim_number}`}</span>
      </button>
    </span>
  );
}
