/** From the address to the draft that it names, in memory or fetched; and what becomes of it when one leaves. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation, useSearchParams } from "react-router";
import { draftQuery } from "@/drafts/queries";
import type { Kept } from "../kept";
import { type Draft, forget, keeperOf, useSaving } from "./draft";

const PLACE = "/hospital/submit";

export function useOpening(draft: Kept<Draft>): { error: unknown; retry: () => void; isOpen: boolean } {
  const [search, setSearch] = useSearchParams();
  const { pathname } = useLocation();
  const { id } = useSaving(draft);
  const keeper = keeperOf(draft);
  const asked = search.get("draft") ?? "";
  // What is here and not saved is not given up for another one.
  const isHere = !asked || asked === id || keeper.isUnsaved;
  const { data, error, refetch } = useQuery({ ...draftQuery(asked), enabled: !isHere });
  useEffect(() => {
    if (data && !isHere) keeper.open(data);
  }, [data, isHere, keeper]);
  useEffect(() => {
    // Failed before the session ended, or while the page was elsewhere.
    void keeper.flush();
  }, [keeper]);
  useEffect(() => {
    // The address names it, so that it is found again when the page is loaded anew; that of a page on its way when it is there.
    if (id && isHere && asked !== id && window.location.pathname.endsWith(pathname)) setSearch({ draft: id }, { replace: true });
  }, [id, isHere, asked, setSearch, pathname]);
  return { error: isHere ? null : error, retry: () => void refetch(), isOpen: isHere };
}

/** Whoever leaves finds the draft on the first page, as saved as it can be, and begins another one here. */
export function useSavingAtTheEnd(draft: Kept<Draft>): void {
  const cache = useQueryClient();
  useEffect(
    () => () => {
      if (window.location.pathname.includes(PLACE)) return;
      const close = async () => {
        const isSaved = await keeperOf(draft).flush();
        if (isSaved && !draft.uploads.isUnsaved && !window.location.pathname.includes(PLACE)) forget(draft);
        await cache.invalidateQueries({ queryKey: ["drafts"] });
      };
      void close();
    },
    [cache, draft],
  );
}
