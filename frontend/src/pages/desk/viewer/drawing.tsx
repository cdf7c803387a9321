/** Drawing a box on a page: by dragging, or by arrow keys from the middle of what is in sight. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useText } from "@/i18n/text";
import { type Box, type Point, between, isArrow, isLarge, middleOf, rounded, stepped, turnedBox, uprightBox } from "./box";
import type { Looking, ToDraw } from "./looking";
import { messages } from "./messages";
import { BOX, placed } from "./spot-box";

export const DRAWING_HINT = "drawing-hint";

interface DrawingProps {
  page: number;
  looking: Looking;
  drawing: ToDraw;
}

export function Drawing({ page, looking: { view }, drawing }: DrawingProps) {
  const t = useText(messages);
  const sheet = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState<Box | null>(null);
  const isHere = view.page === page;
  useEffect(() => {
    if (isHere) sheet.current?.focus({ preventScroll: true });
  }, [isHere]);
  const take = (drawn: Box) => drawing.take({ page, ...rounded(drawn) });
  const drag = useDrag((seen) => setBox(seen && uprightBox(seen, view.rotation)), (seen) => take(uprightBox(seen, view.rotation)));
  const leave = () => {
    viewerOf(sheet.current)?.focus();
    drawing.end();
  };
  const press = (event: KeyboardEvent) => {
    if (isArrow(event.key)) setBox(afterArrow(event, box, view.rotation, sheet.current));
    else if (event.key === "Enter" && box) take(box);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={sheet}
      role="application"
      aria-label={t("mark.sheet", { page })}
      aria-describedby={DRAWING_HINT}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrow keys draw here
      tabIndex={isHere ? 0 : -1}
      className="absolute inset-0 cursor-crosshair touch-none"
      onKeyDown={press}
      {...drag}
    >
      {box && <div className={BOX} style={placed(box, view.rotation)} />}
    </div>
  );
}

/** What an arrow makes of the box, in the direction in which it is seen; of none, one in the middle. */
function afterArrow({ key, shiftKey }: KeyboardEvent, box: Box | null, rotation: number, sheet: HTMLElement | null): Box | null {
  if (box) return uprightBox(stepped(turnedBox(box, rotation), key, shiftKey), rotation);
  const window = viewerOf(sheet);
  return sheet && window ? uprightBox(middleOf(sheet.getBoundingClientRect(), window.getBoundingClientRect()), rotation) : null;
}

function viewerOf(sheet: HTMLElement | null): HTMLElement | null {
  return sheet?.closest<HTMLElement>("#viewer") ?? null;
}

/** Tells the box while the pointer is down, null when it came to nothing, and the one with which it comes up. */
function useDrag(onBox: (box: Box | null) => void, onDrawn: (box: Box) => void) {
  const start = useRef<Point | null>(null);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = pointOf(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => start.current && onBox(between(start.current, pointOf(event))),
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const drawn = start.current && between(start.current, pointOf(event));
      start.current = null;
      if (drawn && isLarge(drawn)) onDrawn(drawn);
      else onBox(null);
    },
    onPointerCancel: () => {
      start.current = null;
      onBox(null);
    },
  };
}

function pointOf({ clientX, clientY, currentTarget }: PointerEvent<HTMLElement>): Point {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}
