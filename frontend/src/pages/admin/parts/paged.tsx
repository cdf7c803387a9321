/** A list in all of its states: waiting, failed, empty, or its rows and the way to more. */
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages } from "../messages";

interface PagedProps<Row> {
  list: UseInfiniteQueryResult<InfiniteData<{ items: Row[] }>>;
  /** What stands in place of no rows. */
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
  row?: string;
}

export function Paged<Row>({ list, empty, children, row = "h-12" }: PagedProps<Row>) {
  const t = useText(messages);
  if (list.error && !list.data) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <SkeletonList rows={8} row={row} />;
  const rows = list.data.pages.flatMap((page) => page.items);
  return (
    <div className="flex flex-col gap-4" aria-busy={list.isPlaceholderData}>
      <p role="status" className="sr-only">
        {t(list.hasNextPage ? "countMore" : "count", { count: rows.length })}
      </p>
      {rows.length === 0 ? empty : children(rows)}
      {list.isFetchNextPageError && <ProblemNotice error={list.error} />}
      {list.hasNextPage && (
        <Button
          variant="secondary"
          size="small"
          className="self-center"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage({ cancelRefetch: false })}
        >
          {t("more")}
        </Button>
      )}
    </div>
  );
}
