/** One page that was photographed: how it looks by now, and what can be changed about it. */
import { ArrowDown, ArrowUp, Crop, RotateCw, TriangleAlert, X } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { buttonClass } from "@/components/button";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { Hint } from "../hints";
import { messages as uploadMessages } from "../messages";
import { messages } from "./messages";
import { type Page, edgeOf } from "./page";

/** More than this cannot be cut off at one edge, so that something is left. */
const MOST_CUT = 0.45;

interface PageRowProps {
  page: Page;
  index: number;
  count: number;
  change: (change: Partial<Page>) => void;
  move: (by: number) => void;
  remove: () => void;
}

export function PageRow({ page, index, count, change, move, remove }: PageRowProps) {
  const t = useText(messages);
  const says = useText(uploadMessages);
  const number = useFormat().number(index + 1);
  const hint = useHint(page.photo);
  const isSideways = hint === "sideways";
  const [isCropping, setCropping] = useState(false);
  return (
    <li className="flex flex-wrap gap-3 py-3">
      <Preview page={page} isLarge={isCropping} />
      <div className={cx("min-w-0", isCropping ? "basis-full" : "flex-1")}>
        <p className="font-medium">{t("page", { number })}</p>
        <div className="-ml-2.5 flex flex-wrap">
          <Act label={t("turn", { number })} onAct={() => change({ turns: (page.turns + 1) % 4 })}>
            <RotateCw className="size-5" aria-hidden />
          </Act>
          <Act label={t("crop", { number })} isOpen={isCropping} onAct={() => setCropping(!isCropping)}>
            <Crop className="size-5" aria-hidden />
          </Act>
          <Act label={t("earlier", { number })} isOff={index === 0} onAct={() => move(-1)}>
            <ArrowUp className="size-5" aria-hidden />
          </Act>
          <Act label={t("later", { number })} isOff={index === count - 1} onAct={() => move(1)}>
            <ArrowDown className="size-5" aria-hidden />
          </Act>
          <Act label={t("remove", { number })} onAct={remove}>
            <X className="size-5" aria-hidden />
          </Act>
        </div>
        {hint && !(isSideways && page.turns > 0) && (
          <p className="mt-1 flex gap-1.5 text-sm">
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-waiting" aria-hidden />
            {isSideways ? t("sideways") : says(`hint.${hint}`)}
          </p>
        )}
      </div>
      {isCropping && <Edges page={page} change={(insets) => change({ insets })} />}
    </li>
  );
}

function useHint(photo: File): Hint | undefined {
  const [hint, setHint] = useState<Hint>();
  useEffect(() => {
    void import("../hints").then(({ hintAbout }) => hintAbout(photo)).then(setHint, () => undefined);
  }, [photo]);
  return hint;
}

interface ActProps {
  label: string;
  isOff?: boolean;
  isOpen?: boolean;
  onAct: () => void;
  children: ReactNode;
}

/** It keeps its place and the focus when there is nothing more to do. */
function Act({ label, isOff = false, isOpen, onAct, children }: ActProps) {
  return (
    <button
      type="button"
      className={buttonClass("quiet", "icon", isOpen ? "bg-brand-tint" : undefined)}
      aria-disabled={isOff || undefined}
      aria-expanded={isOpen}
      onClick={() => !isOff && onAct()}
    >
      {children}
      <span className="sr-only">{label}</span>
    </button>
  );
}

/** The photo itself, turned and cut by style: it is drawn anew only once it is used. */
function Preview({ page: { photo, turns, insets }, isLarge }: { page: Page; isLarge: boolean }) {
  const show = useCallback(
    (picture: HTMLImageElement) => {
      picture.src = URL.createObjectURL(photo);
      return () => URL.revokeObjectURL(picture.src);
    },
    [photo],
  );
  const cut = insets.map((inset) => `${inset * 100}%`).join(" ");
  return (
    <div className={cx("flex shrink-0 items-center justify-center rounded-control bg-sunken", isLarge ? "size-72" : "size-24")}>
      <img ref={show} alt="" className="max-h-full max-w-full" style={{ rotate: `${turns * 90}deg`, clipPath: `inset(${cut})` }} />
    </div>
  );
}

const EDGES = [0, 1, 2, 3] as const;

/** How much is cut off at each edge, as one sees the page. */
function Edges({ page: { turns, insets }, change }: { page: Page; change: (insets: Page["insets"]) => void }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <fieldset className="grid basis-full gap-x-6 gap-y-2 sm:grid-cols-2">
      <legend className="mb-1 text-sm font-medium">{t("cutOff")}</legend>
      {EDGES.map((edge) => {
        const at = edgeOf(turns, edge);
        const cut = insets[at] ?? 0;
        return (
          <label key={edge} className="flex items-center gap-3 text-sm">
            <span className="w-16 shrink-0">{t(`edge${edge}`)}</span>
            <input
              type="range"
              min={0}
              max={MOST_CUT}
              step={0.01}
              value={cut}
              aria-valuetext={format.share(cut)}
              className="h-8 min-w-0 flex-1 accent-brand"
              onChange={({ target }) => change(insets.map((old, each) => (each === at ? Number(target.value) : old)))}
            />
          </label>
        );
      })}
    </fieldset>
  );
}
