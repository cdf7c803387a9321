/** The claims of the queue: a table on a desk, a list on a phone; and what stands there while or when there are none. */
import { SearchX } from "lucide-react";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { Link, useSearchParams } from "react-router";
import { Button, buttonClass } from "@/components/button";
import { cx } from "@/components/cx";
import { Empty, Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { useRemembered } from "@/keyboard/remembered";
import { extraOf, viewLink, viewOf } from "./address";
import { ClaimCard } from "./card";
import { type Column, Head, columnsOf } from "./head";
import { messages } from "./messages";
import type { Row } from "./queries";
import { type RowProps, TableRow } from "./row";
import type { Queue } from "./use-queue";
import type { Working } from "./working";

interface ListProps {
  queue: Queue;
  working: Working;
  mayAct: boolean;
  onHandOver: (row: Row) => void;
}

export function List({ queue, working, mayAct, onHandOver }: ListProps) {
  const isWide = useIsWide();
  const [dense] = useRemembered("dense", 0);
  const columns = columnsOf(useSearchParams()[0]);
  const { query, rows, gone } = queue;
  if (query.error && rows.length === 0) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <SkeletonList rows={12} row={isWide ? "h-9" : "h-28"} />;
  if (rows.length === 0) return <None />;
  const about = (row: Row): RowProps => ({
    row,
    working,
    onHandOver,
    isGone: gone.has(row.id),
    isChosen: queue.isChosen(row.id),
    onChoose: mayAct ? queue.toggle : null,
  });
  return (
    <div className={cx("flex flex-col gap-4", queue.chosen.length > 0 && "pb-24")} aria-busy={query.isPlaceholderData}>
      {isWide ? (
        <Table queue={queue} columns={columns} mayAct={mayAct}>
          {rows.map((row) => (
            <TableRow key={row.id} {...about(row)} columns={columns} isDense={dense === 1} />
          ))}
        </Table>
      ) : (
        <ul className="divide-y divide-line overflow-clip rounded-surface border border-line bg-surface">
          {rows.map((row) => (
            <ClaimCard key={row.id} {...about(row)} />
          ))}
        </ul>
      )}
      <More queue={queue} />
    </div>
  );
}

function Table({ queue, columns, mayAct, children }: { queue: Queue; columns: Column[]; mayAct: boolean; children: ReactNode }) {
  const t = useText(messages);
  const { rows, chosen } = queue;
  return (
    <div className="@container">
      <table className="w-full table-fixed border-separate border-spacing-0 text-sm">
        <caption className="sr-only">{t("title")}</caption>
        <Head
          columns={columns}
          isAllChosen={chosen.length === rows.length}
          isSomeChosen={chosen.length > 0}
          onChooseAll={mayAct ? queue.chooseAll : null}
        />
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** The next page is fetched when the end comes near; the button is for keys, and for when that failed. */
function More({ queue: { query } }: { queue: Queue }) {
  const t = useText(messages);
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetching, isFetchingNextPage, fetchNextPage, isError } = query;
  const mayFetch = hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (!end.current || !mayFetch) return undefined;
    const observer = new IntersectionObserver(([seen]) => seen?.isIntersecting && void fetchNextPage({ cancelRefetch: false }), { rootMargin: "600px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [mayFetch, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={end} className="flex justify-center">
      <Button variant="secondary" size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage({ cancelRefetch: false })}>
        {t("more")}
      </Button>
    </div>
  );
}

function None() {
  const t = useText(messages);
  const [search] = useSearchParams();
  const text = search.get("text");
  const view = viewOf(search);
  if (text || extraOf(search).length > 0) {
    const to = text ? `?${new URLSearchParams({ text })}` : viewLink(view ?? "all", search);
    const isWider = text !== null && search.toString() !== new URLSearchParams({ text }).toString();
    const action = (isWider || !text) && (
      <Link to={to} className={buttonClass("secondary", "small")}>
        {t(text ? "searchAll" : "filter.clear")}
      </Link>
    );
    return (
      <Empty icon={SearchX} title={t("noMatch")} action={action}>
        {text && t("noMatchText")}
      </Empty>
    );
  }
  return <Empty title={t("none")}>{t(view === "todo" || view === "mine" ? `none.${view}` : "noneText")}</Empty>;
}

/** From the width on at which a table can be read. */
function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => WIDE.matches);
}

const WIDE = window.matchMedia("(min-width: 56rem)");

function subscribe(listener: () => void): () => void {
  WIDE.addEventListener("change", listener);
  return () => WIDE.removeEventListener("change", listener);
}
