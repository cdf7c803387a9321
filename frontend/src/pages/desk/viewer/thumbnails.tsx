/** The pages of a PDF in small, each a way to it. */
import { type RefObject, useEffect, useRef } from "react";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { draw } from "./engine";
import type { Looking } from "./looking";
import type { Opened } from "./pdf-view";
import { useIsNear } from "./sizes";

const WIDTH = 76;

export function Thumbnails({ opened, looking }: { opened: Opened; looking: Looking }) {
  const t = useText(messages);
  const list = useRef<HTMLDivElement>(null);
  return (
    <div ref={list} className="w-28 shrink-0 overflow-y-auto border-e border-line bg-surface py-2" tabIndex={-1}>
      <ol aria-label={t("viewer.thumbnails")} className="flex flex-col items-center gap-2">
        {Array.from({ length: opened.pdf.numPages }, (_, index) => (
          <Thumbnail key={index} opened={opened} number={index + 1} looking={looking} around={list} />
        ))}
      </ol>
    </div>
  );
}

interface ThumbnailProps {
  opened: Opened;
  number: number;
  looking: Looking;
  around: RefObject<HTMLDivElement | null>;
}

function Thumbnail({ opened: { pdf, first }, number, looking, around }: ThumbnailProps) {
  const t = useText(messages);
  const format = useFormat();
  const button = useRef<HTMLButtonElement>(null);
  const paper = useRef<HTMLSpanElement>(null);
  const isNear = useIsNear(button, around);
  const isHere = looking.view.page === number;
  const scale = WIDTH / first.width;
  useEffect(() => {
    if (!isNear || !paper.current) return;
    const stop = new AbortController();
    void draw(pdf, number, paper.current, { scale, rotation: 0, hasText: false }, stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [isNear, pdf, number, scale]);
  useEffect(() => {
    if (isHere) button.current?.scrollIntoView({ block: "nearest" });
  }, [isHere]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        aria-current={isHere ? "page" : undefined}
        className="flex cursor-pointer flex-col items-center gap-0.5 rounded-control p-1"
        onClick={() => looking.goTo(number)}
      >
        <span
          ref={paper}
          className={cx("block overflow-hidden bg-[#fff]", isHere ? "ring-2 ring-brand" : "ring-1 ring-line")}
          style={{ width: WIDTH, height: first.height * scale }}
          aria-hidden
        />
        <span className={cx("text-xs", isHere ? "font-semibold" : "text-muted")}>
          <span className="sr-only">{t("viewer.page")} </span>
          {format.number(number)}
        </span>
      </button>
    </li>
  );
}
