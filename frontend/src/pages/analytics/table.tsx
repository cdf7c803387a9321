/** The table behind a chart: words first, numbers to the right. */
import { cx } from "@/components/cx";

export interface Rows {
  /** The first `words` of them are words, the others numbers. */
  columns: string[];
  words: number;
  rows: string[][];
}

export function DataTable({ caption, columns, words, rows }: Rows & { caption: string }) {
  return (
    // It is scrolled by keyboard, too, where it is larger than its place.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section tabIndex={0} aria-label={caption} className="max-h-96 overflow-auto rounded-control border border-line">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-sunken">
          <tr>
            {columns.map((column, index) => (
              <th key={column} scope="col" className={cell(index < words, "font-semibold")}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.slice(0, words).join()} className="border-t border-line">
              {row.map((value, index) => (
                <Cell key={columns[index]} value={value} isFirst={index === 0} isWord={index < words} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ value, isFirst, isWord }: { value: string; isFirst: boolean; isWord: boolean }) {
  if (!isFirst) return <td className={cell(isWord)}>{value}</td>;
  return (
    <th scope="row" className={cell(true, "font-normal")}>
      {value}
    </th>
  );
}

function cell(isWord: boolean, more = ""): string {
  return cx("px-3 py-2 align-baseline", isWord ? "text-start" : "text-end whitespace-nowrap", more);
}
