/** Two panes side by side with a line between them that is dragged or moved by arrow keys; on narrow screens, two tabs. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { useRemembered } from "@/keyboard/remembered";
import { messages } from "./messages";

/** In percent of the window, kept in the browser. */
export const SPLIT = { name: "split", start: 54, least: 25, most: 75, step: 2 };

interface SplitProps {
  documents: ReactNode;
  data: ReactNode;
  count: number;
  /** Which of them a narrow screen shows. */
  pane: Pane;
  onPane: (pane: Pane) => void;
}

export type Pane = "documents" | "data";

export function Split({ documents, data, count, pane, onPane }: SplitProps) {
  const [split, setSplit] = useRemembered(SPLIT.name, SPLIT.start);
  const [dragged, setDragged] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const left = clamped(dragged ?? split);
  return (
    <>
      <PaneSwitch pane={pane} count={count} onPane={onPane} />
      <div
        ref={box}
        className="min-h-0 flex-1 lg:grid lg:grid-cols-[var(--left)_auto_minmax(0,1fr)] print:block"
        style={{ "--left": `${left}%` } as React.CSSProperties}
      >
        <div className={cx("h-[calc(100dvh-7rem)] min-h-80 min-w-0 lg:h-full lg:min-h-0 print:hidden", pane !== "documents" && "max-lg:hidden")}>{documents}</div>
        <Separator value={left} box={box} onDrag={setDragged} onSet={setSplit} />
        <div className={cx("relative min-w-0 lg:min-h-0 lg:overflow-y-auto lg:[scrollbar-gutter:stable] print:block print:overflow-visible", pane !== "data" && "max-lg:hidden")} id="data-pane">
          {data}
        </div>
      </div>
    </>
  );
}

function PaneSwitch({ pane, count, onPane }: { pane: Pane; count: number; onPane: (pane: Pane) => void }) {
  const t = useText(messages);
  const looks = (isShown: boolean) =>
    cx("h-11 flex-1 cursor-pointer border-b-2 font-medium", isShown ? "border-brand" : "border-transparent text-muted");
  return (
    <div role="group" aria-label={t("panes")} className="no-print sticky top-0 z-10 flex border-b border-line bg-surface px-4 lg:hidden">
      {(["data", "documents"] as const).map((each) => (
        <button key={each} type="button" aria-pressed={pane === each} className={looks(pane === each)} onClick={() => onPane(each)}>
          {t(`pane.${each}`, { count })}
        </button>
      ))}
    </div>
  );
}

interface SeparatorProps {
  value: number;
  box: React.RefObject<HTMLDivElement | null>;
  onDrag: (value: number | null) => void;
  onSet: (value: number) => void;
}

function Separator({ value, box, onDrag, onSet }: SeparatorProps) {
  const t = useText(messages);
  const at = (event: PointerEvent) => {
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return clamped(((event.clientX - left) / width) * 100);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t("separator")}
      aria-valuenow={Math.round(value)}
      aria-valuemin={SPLIT.least}
      aria-valuemax={SPLIT.most}
      tabIndex={0}
      className="no-print group relative w-2 cursor-col-resize touch-none border-x border-line bg-surface hover:bg-brand-tint max-lg:hidden"
      onKeyDown={(event) => press(event, value, onSet)}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        onDrag(at(event));
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && onDrag(at(event))}
      onPointerUp={(event) => {
        onSet(at(event));
        onDrag(null);
      }}
      onDoubleClick={() => onSet(SPLIT.start)}
    >
      <span className="absolute inset-y-0 start-1/2 my-auto h-8 w-0.5 -translate-x-1/2 rounded-full bg-control group-hover:bg-brand" aria-hidden />
    </div>
  );
}

function press(event: KeyboardEvent, value: number, onSet: (value: number) => void): void {
  const to: Record<string, number> = {
    ArrowLeft: value - SPLIT.step,
    ArrowRight: value + SPLIT.step,
    Home: SPLIT.least,
    End: SPLIT.most,
    Enter: SPLIT.start,
  };
  const next = to[event.key];
  if (next === undefined) return;
  event.preventDefault();
  onSet(clamped(next));
}

export function clamped(value: number): number {
  return Math.min(SPLIT.most, Math.max(SPLIT.least, value));
}
