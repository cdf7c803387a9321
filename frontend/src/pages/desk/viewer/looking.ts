/** The state of the viewer that its toolbar and the document share: one view for each document, kept while one goes to and fro. */
import { useCallback, useMemo, useState } from "react";
import type { Box } from "./box";
import type { Pdf } from "./engine";
import type { Spot } from "./spot-box";
import { START, type View } from "./view";

/** Takes in the box that is drawn next, or hears that none will be. */
export interface ToDraw {
  take: (drawn: Box & { page: number }) => void;
  end: () => void;
}

/** What is marked on the pages of the document. */
export interface Marked {
  spots: readonly Spot[];
  /** Where to come to; a new object each time. */
  place: { page: number } | null;
  /** Null while nothing is to be drawn. */
  drawing: ToDraw | null;
}

const UNMARKED: Marked = { spots: [], place: null, drawing: null };

export interface Looking extends Marked {
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

export function useLooking(documentId: string, marked: Marked = UNMARKED): Looking {
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
  const come = useCallback(
    (page: number) => {
      change((before) => ({ ...before, page }));
      setAsked((count) => count + 1);
    },
    [change],
  );
  const goTo = useCallback((page: number) => come(Math.min(Math.max(1, page), Math.max(1, pages))), [come, pages]);
  const { place } = marked;
  const [came, setCame] = useState<Marked["place"]>(null);
  if (place !== came) {
    setCame(place);
    if (place) come(place.page);
  }
  return useMemo(
    () => ({ view, change, ...found, shown, onPages, onShown, asked, goTo, ...marked }),
    [view, change, found, shown, onPages, asked, goTo, marked],
  );
}
