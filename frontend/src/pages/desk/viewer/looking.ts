/** The state of the viewer that its toolbar and the document share: one view for each document, kept while one goes to and fro. */
import { useCallback, useMemo, useState } from "react";
import type { Pdf } from "./engine";
import { START, type View } from "./view";

export interface Looking {
  view: View;
  change: (change: (before: View) => View) => void;
  /** How many pages there are; 0 until it is known. */
  pages: number;
  pdf: Pdf | null;
  /** By how much it is drawn larger than it is. */
  shown: number;
  onPages: (pages: number, pdf: Pdf | null) => void;
  onShown: (scale: number) => void;
  /** Counts requests to come to `view.page`; scrolling changes the page without one. */
  asked: number;
  goTo: (page: number) => void;
}

export function useLooking(documentId: string): Looking {
  const [views, setViews] = useState<Record<string, View>>({});
  const [found, setFound] = useState<{ pages: number; pdf: Pdf | null }>({ pages: 0, pdf: null });
  const [shown, onShown] = useState(0);
  const [asked, setAsked] = useState(0);
  const view = views[documentId] ?? START;
  const change = useCallback(
    (by: (before: View) => View) => setViews((all) => ({ ...all, [documentId]: by(all[documentId] ?? START) })),
    [documentId],
  );
  const onPages = useCallback((pages: number, pdf: Pdf | null) => setFound({ pages, pdf }), []);
  const { pages } = found;
  const goTo = useCallback(
    (page: number) => {
      change((before) => ({ ...before, page: Math.min(Math.max(1, page), Math.max(1, pages)) }));
      setAsked((count) => count + 1);
    },
    [change, pages],
  );
  return useMemo(
    () => ({ view, change, ...found, shown, onPages, onShown, asked, goTo }),
    [view, change, found, shown, onPages, asked, goTo],
  );
}
