/** The end of a list that goes on: the rest is fetched when it comes into sight, or by the button. */
import { useEffect, useRef } from "react";
import { useText } from "@/i18n/text";
import { Button } from "./button";
import { messages } from "./messages";

const KEEPING = { cancelRefetch: false } as const;

interface MoreProps {
  query: {
    hasNextPage: boolean;
    isFetching: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    fetchNextPage: (how: { cancelRefetch: false }) => unknown;
  };
}

export function More({ query }: MoreProps) {
  const t = useText(messages);
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetching, isFetchingNextPage: isBusy, isFetchNextPageError: hasFailed, fetchNextPage } = query;
  // What is being read anew comes first: it would be given up for the next page.
  const mayFetch = hasNextPage && !isFetching && !hasFailed;
  useEffect(() => {
    if (!end.current || !mayFetch) return;
    const fetch = (seen: IntersectionObserverEntry[]) => seen.some(({ isIntersecting }) => isIntersecting) && fetchNextPage(KEEPING);
    const watch = new IntersectionObserver(fetch, { rootMargin: "400px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [mayFetch, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={end} className="flex justify-center">
      <Button variant="secondary" busy={isBusy} onClick={() => void fetchNextPage(KEEPING)}>
        {hasFailed ? t("retry") : t("more")}
      </Button>
    </div>
  );
}
