/** A dense table whose rows are links: on narrow screens less important columns go. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { cx } from "@/components/cx";

export interface Column<Row> {
  id: string;
  head: string;
  cell: (row: Row) => ReactNode;
  /** From which width on it is shown; without, always. */
  from?: keyof typeof FROM;
  /** For amounts and numbers. */
  atEnd?: boolean;
}

const FROM = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden", xl: "max-xl:hidden" };

interface TableProps<Row> {
  caption: string;
  /** The first one names the row and carries its link. */
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  linkOf: (row: Row) => string;
}

export function Table<Row>({ caption, columns, rows, keyOf, linkOf }: TableProps<Row>) {
  return (
    <div className="overflow-clip rounded-surface border border-line bg-surface">
      <table className="w-full border-collapse text-start">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cx(
                  "z-10 border-b border-line bg-surface px-3 py-2 text-xs font-semibold text-muted sm:sticky sm:top-14 sm:px-4",
                  aligned(column),
                )}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <Row key={keyOf(row)} row={row} columns={columns} to={linkOf(row)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row<Row>({ row, columns, to }: { row: Row; columns: Column<Row>[]; to: string }) {
  const [first, ...others] = columns;
  return (
    <tr className="relative hover:bg-sunken has-[a:focus-visible]:bg-sunken">
      <th scope="row" className="h-10 px-3 py-2 text-start font-medium sm:px-4">
        <Link to={to} className="text-ink after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus">
          {first?.cell(row)}
        </Link>
      </th>
      {others.map((column) => (
        <td key={column.id} className={cx("px-3 py-2 sm:px-4", aligned(column))}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function aligned<Row>({ from, atEnd }: Column<Row>): string {
  return cx(atEnd ? "text-end whitespace-nowrap" : "text-start", from && FROM[from]);
}

/** A name with what tells it apart below it. */
export function Named({ name, note }: { name: ReactNode; note?: ReactNode }) {
  return (
    <>
      <span className="block">{name}</span>
      {note && <span className="block font-normal break-all text-muted">{note}</span>}
    </>
  );
}
