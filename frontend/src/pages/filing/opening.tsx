/** From an address to the draft that it names: in memory, or fetched; and what is not saved when one leaves. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { draftQuery } from "@/drafts/queries";
import { keeper, uploads, useDraft } from "./draft";
import { NEW } from "./places";

interface Opening {
  redirect?: ReactElement;
  error: unknown;
  retry: () => void;
  isOpen: boolean;
}

export function useOpening(draft: string): Opening {
  const { pathname, state } = useLocation();
  const { id } = useDraft();
  // What is here and not saved is not given up for another one.
  const isHere = draft === (id || NEW) || keeper.isUnsaved;
  const isNew = draft === NEW;
  const { data, error, refetch } = useQuery({ ...draftQuery(draft), enabled: !isHere && !isNew });
  useEffect(() => {
    if (data && !isHere) keeper.open(data);
  }, [data, isHere]);
  useEffect(() => {
    // Failed before the session ended, or while the page was elsewhere.
    void keeper.flush();
  }, []);
  const here = id || NEW;
  const isElsewhere = isHere ? draft !== here : isNew;
  const to = pathname.replace(`/file/${draft}`, `/file/${here}`);
  return {
    // The same page under the address of its draft, once that has one.
    ...(isElsewhere && { redirect: <Navigate replace to={to} state={{ ...(state as object | null), isSamePage: true }} /> }),
    error: isHere ? null : error,
    retry: () => void refetch(),
    isOpen: isHere,
  };
}

/** The browser asks before the tab is closed over what the server does not have. */
export function useWarningBeforeClosing(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (!keeper.isUnsaved && !uploads.isUnsaved) return;
      event.preventDefault();
      void keeper.flush();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
}

/** Whoever leaves by another way than the button finds their draft in the lists, as saved as it can be. */
export function useSavingAtTheEnd(): void {
  const cache = useQueryClient();
  useEffect(
    () => () => {
      const close = async () => {
        if ((await keeper.flush()) && !uploads.isUnsaved) keeper.forget();
        await cache.invalidateQueries({ queryKey: ["drafts"] });
      };
      void close();
    },
    [cache],
  );
}
