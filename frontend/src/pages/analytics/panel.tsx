/** One question of analytics: a title that says what is seen, the chart, the table behind it, and the way to take it along. */
import { Download, Table2 } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { asProblem } from "@/api/problem";
import { Button, buttonClass } from "@/components/button";
import { Card } from "@/components/card";
import { cx } from "@/components/cx";
import { Failed, Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Filters, type Table, exportAddress } from "./queries";
import { DataTable, type Rows } from "./table";

interface PanelProps {
  table: Table;
  /** What it is about, in few words. */
  about: string;
  /** What is seen, as a sentence. */
  title: string;
  filters: Filters;
  rows: Rows;
  note?: ReactNode;
  /** Whether there is nothing to be drawn: the title says so. */
  isEmpty?: boolean;
  busy: boolean;
  className?: string;
  children: ReactNode;
}

export function Panel({ table, about, title, filters, rows, note, isEmpty = false, busy, className, children }: PanelProps) {
  const heading = useId();
  return (
    <Card className={cx("flex min-w-0 flex-col gap-4", className)}>
      <section aria-labelledby={heading} aria-busy={busy} className="flex flex-1 flex-col gap-4">
        <header className="flex flex-col gap-1">
          <p className="text-xs font-semibold text-muted">{about}</p>
          <h2 id={heading} className="text-lg">
            {title}
          </h2>
        </header>
        {!isEmpty && children}
        {note && <p className="text-xs text-muted">{note}</p>}
        {!isEmpty && <Behind table={table} about={about} filters={filters} rows={rows} />}
      </section>
    </Card>
  );
}

function Behind({ table, about, filters, rows }: Pick<PanelProps, "table" | "about" | "filters" | "rows">) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="mt-auto flex flex-col gap-3">
      <div className="-ms-3 flex flex-wrap gap-1">
        <Button
          variant="quiet"
          size="small"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={`${isOpen ? t("table.hide") : t("table.show")}: ${about}`}
          icon={<Table2 className="size-4" aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? t("table.hide") : t("table.show")}
        </Button>
        <a
          href={exportAddress(table, filters)}
          download
          aria-label={`${t("export")}: ${about}`}
          className={buttonClass("quiet", "small", "no-print")}
        >
          <Download className="size-4" aria-hidden />
          {t("export")}
        </a>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <DataTable caption={about} {...rows} />}
      </div>
    </div>
  );
}

// No right to it, or filters that are none: the same for all panels.
const OF_THE_PAGE = new Set([403, 422]);

/** In place of a panel while it loads, or when it cannot be read; what is refused to all, the page says once. */
export function PanelWaiting({ error, retry, className }: { error: unknown; retry: () => void; className?: string }) {
  const t = useText(messages);
  if (error && !OF_THE_PAGE.has(asProblem(error).status)) return <Failed error={error} retry={retry} />;
  return (
    <Card className={cx("flex flex-col gap-4", className)}>
      <span role="status" className="sr-only">
        {t("loading")}
      </span>
      <Skeleton className="h-4 w-40" />
      <Skeleton className="h-7 w-72 max-w-full" />
      <Skeleton className="h-64" />
    </Card>
  );
}
