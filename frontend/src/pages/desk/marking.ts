/** The places on documents that the question to come is about, while it is written. */
import { useState } from "react";
import type { Document, Place } from "@/api/queries";
import { placeKey } from "@/claims/place";
import { type Offer, type StaffClaim, useMayAct } from "./queries";
import type { Spot } from "./viewer/spot-box";

const MOST = 10;
export const MARK_KEYS = "b";

export interface Marking {
  marks: readonly Place[];
  isDrawing: boolean;
  /** Lets the next place be drawn; null where no more can be asked about. */
  begin: (() => void) | null;
  end: () => void;
  add: (place: Place) => void;
  remove: (index: number) => void;
  clear: () => void;
}

/** `onBegin` shows where to draw; `onEnd` what is written about it. */
export function useMarking(claim: StaffClaim, onBegin: () => void, onEnd: () => void): Marking {
  const [marks, setMarks] = useState<readonly Place[]>([]);
  const [isDrawing, setDrawing] = useState(false);
  const mayMark = useMayAct() && claim.allowed_actions.some(takesMarks) && claim.documents.some(isMarkable) && marks.length < MOST;
  const begin = () => {
    onBegin();
    setDrawing(true);
  };
  const add = (place: Place) => {
    setMarks((before) => (before.some((each) => isSame(each, place)) ? before : [...before, place]));
    setDrawing(false);
    onEnd();
  };
  return {
    marks,
    isDrawing: isDrawing && mayMark,
    begin: mayMark ? begin : null,
    end: () => setDrawing(false),
    add,
    remove: (index) => setMarks((before) => before.filter((_, each) => each !== index)),
    clear: () => setMarks([]),
  };
}

export function takesMarks({ requires, optional }: Offer): boolean {
  return [...requires, ...optional].includes("marks");
}

/** What both sides see as pages. */
export function isMarkable({ file_type: type, is_encrypted: isLocked, replaced_by: newer, scan_state: scan }: Document): boolean {
  return ["pdf", "jpeg", "png"].includes(type) && !isLocked && newer === null && scan !== "infected";
}

/** The document that can be marked: the one that is shown, or the first. */
export function toMark(documents: readonly Document[], shown: string | null): string {
  const here = documents.find(({ id }) => id === shown) ?? documents[0];
  const first = here && isMarkable(here) ? here : documents.find(isMarkable);
  return first?.id ?? "";
}

/** What is drawn on the pages of a document: what was marked, by its number, and the place that is looked at. */
export function spotsOn(documentId: string, marks: readonly Place[], shown: Place | null): Spot[] {
  const spots = marks.map((mark, index) => ({ ...mark, number: index + 1, isShown: isSame(mark, shown) }));
  const others = shown && !spots.some(({ isShown }) => isShown) ? [{ ...shown, isShown: true }] : [];
  return [...spots, ...others].filter(({ document_id: id }) => id === documentId);
}

function isSame(one: Place, other: Place | null): boolean {
  return other !== null && placeKey(one) === placeKey(other);
}
