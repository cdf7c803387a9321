/** What one does with the document that is looked at: pages, size, turning, words, download. */
import { Download, Expand, MoveHorizontal, PanelLeft, RotateCw, Search, SquareDashedMousePointer, ZoomIn, ZoomOut } from "lucide-react";
import { type ComponentProps, type ReactNode, Suspense, lazy, useState } from "react";
import type { Document } from "@/api/queries";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useShortcuts } from "@/keyboard/shortcuts";
import { MARK_KEYS, type Marking } from "../marking";
import { DRAWING_HINT } from "./drawing";
import { messages } from "./messages";
import type { Looking } from "./looking";
import { useDownload } from "./unreadable";
import { fitted, turned, zoomed } from "./view";

const Find = lazy(() => import("./find"));

interface ToolbarProps {
  document: Document;
  looking: Looking;
  marking: Marking;
  hasThumbnails: boolean;
  onThumbnails: () => void;
}

export function Toolbar({ document, looking, marking, hasThumbnails, onThumbnails }: ToolbarProps) {
  const t = useText(messages);
  const [isFinding, setFinding] = useState(false);
  const { pages, pdf } = looking;
  return (
    <div className="shrink-0 border-b border-line bg-surface">
      <div role="toolbar" aria-label={t("viewer.toolbar")} className="flex h-10 items-center gap-0.5 px-2">
        <Tool label={t("viewer.thumbnails")} isOn={hasThumbnails} disabled={!pdf} onClick={onThumbnails} className="max-sm:hidden">
          <PanelLeft className="size-4" aria-hidden />
        </Tool>
        <PageField key={looking.view.page} looking={looking} />
        <span className="flex-1" />
        <Sizes looking={looking} isReady={pages > 0} />
        <span className="flex-1" />
        <MarkTool marking={marking} />
        <Tool label={t("viewer.find")} isOn={isFinding} disabled={!pdf} onClick={() => setFinding(!isFinding)}>
          <Search className="size-4" aria-hidden />
        </Tool>
        <DownloadTool document={document} />
      </div>
      {marking.isDrawing && <Hint isHere={looking.drawing !== null} onEnd={marking.end} />}
      {isFinding && pdf && (
        <Suspense fallback={<div className="h-11" />}>
          <Find pdf={pdf} looking={looking} onClose={() => setFinding(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** On a narrow screen it stands in the form alone. */
function MarkTool({ marking: { isDrawing, begin, end } }: { marking: Marking }) {
  const t = useText(messages);
  useShortcuts([{ keys: MARK_KEYS, label: t("mark.tool"), run: () => begin?.(), when: begin !== null, group: t("keys.documents") }]);
  if (!begin) return null;
  return (
    <Tool label={t("mark.tool")} isOn={isDrawing} aria-keyshortcuts={MARK_KEYS} className="max-sm:hidden" onClick={isDrawing ? end : begin}>
      <SquareDashedMousePointer className="size-4" aria-hidden />
    </Tool>
  );
}

/** What is to be done now, and the way out of it where there is no Escape. */
function Hint({ isHere, onEnd }: { isHere: boolean; onEnd: () => void }) {
  const t = useText(messages);
  const leave = () => {
    window.document.getElementById("viewer")?.focus();
    onEnd();
  };
  return (
    <div className="flex items-start gap-3 border-t border-line bg-brand-tint px-3 py-2 text-sm">
      <p id={DRAWING_HINT} role="status" className="flex-1">
        {t(isHere ? "mark.hint" : "mark.elsewhere")}
        {isHere && <span className="pointer-coarse:hidden"> {t("mark.keys")}</span>}
      </p>
      <button type="button" className="cursor-pointer font-medium text-brand hover:underline" onClick={leave}>
        {t("mark.leave")}
      </button>
    </div>
  );
}

function Sizes({ looking: { view, change, shown }, isReady }: { looking: Looking; isReady: boolean }) {
  const t = useText(messages);
  const format = useFormat();
  const isWide = view.fit === "width";
  const Fit = isWide ? Expand : MoveHorizontal;
  return (
    <>
      <Tool label={t("viewer.smaller")} disabled={!isReady} onClick={() => change((before) => zoomed(before, shown, -1))}>
        <ZoomOut className="size-4" aria-hidden />
      </Tool>
      <span className="w-12 text-center text-xs text-muted tabular-nums max-sm:hidden">
        {isReady && shown > 0 && `${format.number(Math.round(shown * 100))} %`}
      </span>
      <Tool label={t("viewer.larger")} disabled={!isReady} onClick={() => change((before) => zoomed(before, shown, 1))}>
        <ZoomIn className="size-4" aria-hidden />
      </Tool>
      <Tool label={t(isWide ? "viewer.fitPage" : "viewer.fitWidth")} disabled={!isReady} onClick={() => change(fitted)}>
        <Fit className="size-4" aria-hidden />
      </Tool>
      <Tool label={t("viewer.rotate")} disabled={!isReady} onClick={() => change(turned)}>
        <RotateCw className="size-4" aria-hidden />
      </Tool>
    </>
  );
}

/** A number is gone to when it is entered. */
function PageField({ looking: { view, pages, goTo } }: { looking: Looking }) {
  const t = useText(messages);
  const format = useFormat();
  const enter = (typed: string) => {
    const page = Number(typed);
    if (Number.isInteger(page) && page >= 1) goTo(page);
  };
  return (
    <span className="flex items-center gap-1.5 px-1 text-sm whitespace-nowrap text-muted tabular-nums">
      <input
        aria-label={t("viewer.page")}
        inputMode="numeric"
        defaultValue={view.page}
        disabled={pages < 2}
        className="h-7 w-10 rounded-control border border-control bg-surface text-center text-ink disabled:border-line disabled:text-muted"
        onFocus={({ target }) => target.select()}
        onBlur={({ target }) => target.value !== String(view.page) && enter(target.value)}
        onKeyDown={({ key, currentTarget }) => key === "Enter" && enter(currentTarget.value)}
      />
      <span>{t("viewer.of", { pages: pages ? format.number(pages) : "–" })}</span>
    </span>
  );
}

function DownloadTool({ document }: { document: Document }) {
  const t = useText(messages);
  const download = useDownload(document);
  return (
    <Tool label={t("viewer.downloadNamed", { name: document.file_name })} disabled={download.isPending} onClick={() => download.mutate()}>
      <Download className="size-4" aria-hidden />
    </Tool>
  );
}

interface ToolProps extends Omit<ComponentProps<"button">, "children"> {
  label: string;
  isOn?: boolean;
  children: ReactNode;
}

/** A small button of a toolbar, named by what it does. */
export function Tool({ label, isOn, className, children, ...rest }: ToolProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={isOn}
      {...rest}
      className={cx(
        "flex size-8 shrink-0 cursor-pointer items-center justify-center rounded-control hover:bg-sunken disabled:cursor-default disabled:opacity-40",
        isOn && "bg-brand-tint text-brand",
        className,
      )}
    >
      {children}
    </button>
  );
}
