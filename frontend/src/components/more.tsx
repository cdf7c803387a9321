/** The end of a list that goes on: the rest is fetched when it comes into sight, or by the button. */
import { useEffect, useRef } from "react";
import { useText } from "@/i18n/text";
import { Button } from "./button";
import { messages } from "./messages";

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; isFetchNextPageError: boolean; fetchNextPage: () => unknown };
}

export function More({ query }: MoreProps) {
  const t = useText(messages);
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage: isBusy, isFetchNextPageError: hasFailed, fetchNextPage } = query;
  useEffect(() => {
    if (!end.current || !hasNextPage || isBusy || hasFailed) return;
    const watch = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && fetchNextPage(), { rootMargin: "400px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [hasNextPage, isBusy, hasFailed, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={end} className="flex justify-center">
      <Button variant="secondary" busy={isBusy} onClick={() => void fetchNextPage()}>
        {hasFailed ? t("retry") : t("more")}
      </Button>
    </div>
  );
}
