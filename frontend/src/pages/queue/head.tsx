/** The heads of the columns; those that the API can order by are buttons. */
import { ArrowDown, ArrowUp } from "lucide-react";
import { useSearchParams } from "react-router";
import { addressed } from "@/components/address";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { type Sort, changed, isOpenOnly, sortOf } from "./address";
import { messages } from "./messages";

const CELL = "border-b border-line bg-ground px-2 py-2 text-xs font-medium text-muted";

export interface Column {
  name: "number" | "who" | "where" | "status" | "age" | "waits" | "changed" | "claimed" | "approved" | "assignee";
  /** How wide, and from which width of the table on. */
  className: string;
  sort?: "created_at" | "updated_at" | "claim_amount" | "due_at";
  isNumber?: boolean;
}

/** While nothing is decided, nothing is approved; what is decided hardly waits for anybody. */
export function columnsOf(search: URLSearchParams): Column[] {
  const isOpen = isOpenOnly(search);
  return COLUMNS.filter(({ name }) => name !== (isOpen ? "approved" : "waits"));
}

const COLUMNS: Column[] = [
  { name: "number", className: "w-50" },
  { name: "who", className: "" },
  { name: "where", className: "w-[18%] @max-[70rem]:hidden" },
  { name: "status", className: "w-44" },
  { name: "age", className: "w-18", sort: "created_at", isNumber: true },
  { name: "waits", className: "w-28", sort: "due_at", isNumber: true },
  { name: "changed", className: "w-24 @max-[90rem]:hidden", sort: "updated_at", isNumber: true },
  { name: "claimed", className: "w-26", sort: "claim_amount", isNumber: true },
  { name: "approved", className: "w-26 @max-[61rem]:hidden", isNumber: true },
  { name: "assignee", className: "w-34" },
];

interface HeadProps {
  columns: Column[];
  isAllChosen: boolean;
  isSomeChosen: boolean;
  onChooseAll: (() => void) | null;
}

export function Head({ columns, isAllChosen, isSomeChosen, onChooseAll }: HeadProps) {
  const t = useText(messages);
  return (
    <thead className="sticky top-14 z-10">
      <tr>
        {onChooseAll && (
          <th scope="col" className={cx(CELL, "w-10 p-0")} aria-label={t("col.select")}>
            <label className="flex cursor-pointer items-center justify-center p-2">
              <input
                type="checkbox"
                aria-label={t("select.all")}
                checked={isAllChosen}
                ref={(box) => {
                  if (box) box.indeterminate = isSomeChosen && !isAllChosen;
                }}
                onChange={onChooseAll}
                className="size-4 accent-brand"
              />
            </label>
          </th>
        )}
        {columns.map((column) => (
          <ColumnHead key={column.name} column={column} />
        ))}
      </tr>
    </thead>
  );
}

function ColumnHead({ column: { name, className, sort, isNumber } }: { column: Column }) {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  const label = t(`col.${name}`);
  const now = sortOf(search);
  const classes = cx(CELL, className, isNumber ? "text-end" : "text-start");
  if (!sort) {
    return (
      <th scope="col" className={classes}>
        {label}
      </th>
    );
  }
  const order = orderOf(now, sort);
  const next = nextOf(now, sort);
  const Arrow = order === "ascending" ? ArrowUp : ArrowDown;
  return (
    <th scope="col" className={classes} aria-sort={order}>
      <button
        type="button"
        title={t(`sort.${next}`)}
        onClick={() => setSearch(changed(addressed(), "sort", next), { replace: true })}
        className={cx("-my-1 inline-flex min-h-6 min-w-6 cursor-pointer items-center gap-1 rounded-control hover:text-ink", order && "text-ink")}
      >
        {order && <Arrow className="size-3.5" aria-hidden />}
        {label}
      </button>
    </th>
  );
}

/** Ages and times grow while instants fall: the column of the age is ascending when the newest is first. */
function orderOf(now: Sort, sort: NonNullable<Column["sort"]>): "ascending" | "descending" | undefined {
  if (now !== sort && now !== `-${sort}`) return undefined;
  const isRising = sort === "claim_amount" || sort === "due_at" ? now === sort : now !== sort;
  return isRising ? "ascending" : "descending";
}

/** The other way round at the second press; from what is due first back to the oldest. */
function nextOf(now: Sort, sort: NonNullable<Column["sort"]>): Sort {
  const first = firstOf(sort);
  if (now !== first) return first;
  return sort === "due_at" ? "created_at" : reverse(first);
}

/** What one wants first: the oldest, the longest unchanged, the largest. */
function firstOf(sort: NonNullable<Column["sort"]>): Sort {
  return sort === "claim_amount" ? "-claim_amount" : sort;
}

function reverse(sort: Sort): Sort {
  return (sort.startsWith("-") ? sort.slice(1) : `-${sort}`) as Sort;
}
