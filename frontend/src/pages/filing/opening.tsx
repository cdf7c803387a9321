/** From an address to the draft that it names: in memory, or fetched; and what is not saved when one leaves. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { draftQuery } from "@/drafts/queries";
import { keeper, uploads, useDraft } from "./draft";
import { NEW } from "./places";

interface Opening {
  error: unknown;
  retry: () => void;
  isOpen: boolean;
}

export function useOpening(draft: string): Opening {
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
  const isOpen = isHere || isNew;
  useAddress(draft, isOpen ? id || NEW : draft);
  return { error: isOpen ? null : error, retry: () => void refetch(), isOpen };
}

/** The same page under the address of its draft, once that has one: what is pressed or typed meanwhile is not disturbed. */
function useAddress(draft: string, here: string): void {
  const navigate = useNavigate();
  const { pathname, state } = useLocation();
  useEffect(() => {
    // A page that is still on its way is renamed when it is there: else one would stay on the page before.
    if (draft === here || !window.location.pathname.endsWith(pathname)) return;
    const to = pathname.replace(`/file/${draft}`, `/file/${here}`);
    void navigate(to, { replace: true, state: { ...(state as object | null), isSamePage: true } });
  }, [draft, here, pathname, state, navigate]);
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
