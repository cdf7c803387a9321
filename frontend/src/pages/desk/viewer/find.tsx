/** Looking for words in a PDF: the pages that have them, one after the other, and the words marked on the page. */
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Pdf, wordsOf } from "./engine";
import type { Looking } from "./looking";
import { Tool } from "./toolbar";

const LEAST = 2;
const PAUSE_MS = 250;

export default function Find({ pdf, looking, onClose }: { pdf: Pdf; looking: Looking; onClose: () => void }) {
  const t = useText(messages);
  const [typed, setTyped] = useState("");
  const { pages, isDone } = usePagesWith(pdf, typed, looking.goTo);
  useMarks(typed);
  const here = pages.findLastIndex((page) => page <= looking.view.page);
  const go = (step: number) => {
    const at = pages[(Math.max(here, 0) + step + pages.length) % pages.length];
    if (at) looking.goTo(at);
  };
  return (
    <div role="search" className="flex h-11 items-center gap-1 border-t border-line px-2">
      <input
        ref={focus}
        type="search"
        aria-label={t("find.label")}
        placeholder={t("find.label")}
        value={typed}
        className="h-8 min-w-0 flex-1 rounded-control border border-control bg-surface px-2 placeholder:text-muted"
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") onClose();
        }}
      />
      <span role="status" className="px-2 text-xs text-muted">
        <Found typed={typed} count={pages.length} isDone={isDone} />
      </span>
      <Tool label={t("find.previous")} disabled={pages.length === 0} onClick={() => go(-1)}>
        <ChevronUp className="size-4" aria-hidden />
      </Tool>
      <Tool label={t("find.next")} disabled={pages.length === 0} onClick={() => go(1)}>
        <ChevronDown className="size-4" aria-hidden />
      </Tool>
      <Tool label={t("find.close")} onClick={onClose}>
        <X className="size-4" aria-hidden />
      </Tool>
    </div>
  );
}

function Found({ typed, count, isDone }: { typed: string; count: number; isDone: boolean }) {
  const t = useText(messages);
  const format = useFormat();
  if (typed.trim().length < LEAST) return null;
  return isDone || count > 0 ? t("find.found", { count }) : format.number(0);
}

function focus(field: HTMLInputElement | null): void {
  field?.focus();
}

interface FoundPages {
  typed: string;
  pages: number[];
  isDone: boolean;
}

/** Read page by page, so that the first is come to before the last is read. */
function usePagesWith(pdf: Pdf, typed: string, goTo: (page: number) => void): FoundPages {
  const [found, setFound] = useState<FoundPages>({ typed: "", pages: [], isDone: false });
  const words = useRef(new Map<number, string>());
  useEffect(() => {
    const wanted = typed.trim().toLowerCase();
    if (wanted.length < LEAST) return;
    const stop = new AbortController();
    const tell = (pages: number[], isDone: boolean) => {
      if (pages.length === 1 && !isDone) goTo(pages[0] ?? 1);
      setFound({ typed, pages, isDone });
    };
    const timer = setTimeout(() => void look(pdf, wanted, words.current, tell, stop.signal), PAUSE_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [pdf, typed, goTo]);
  return found.typed === typed ? found : { typed, pages: [], isDone: false };
}

type Tell = (pages: number[], isDone: boolean) => void;

async function look(pdf: Pdf, wanted: string, words: Map<number, string>, tell: Tell, signal: AbortSignal): Promise<void> {
  const pages: number[] = [];
  for (let page = 1; page <= pdf.numPages; page++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: the first pages are wanted first
    const text = words.get(page) ?? (await wordsOf(pdf, page));
    words.set(page, text);
    if (signal.aborted) return;
    if (!text.includes(wanted)) continue;
    pages.push(page);
    tell([...pages], false);
  }
  tell(pages, true);
}

/** Marks the words in the texts of the pages that are drawn, now and when others are. */
function useMarks(typed: string): void {
  useEffect(() => {
    const viewer = document.getElementById("viewer");
    const wanted = typed.trim().toLowerCase();
    if (!viewer) return;
    const mark = () => {
      for (const line of viewer.querySelectorAll<HTMLElement>(".text-layer span")) {
        const has = wanted.length >= LEAST && (line.textContent ?? "").toLowerCase().includes(wanted);
        line.classList.toggle("found", has);
      }
    };
    mark();
    const observer = new MutationObserver(mark);
    observer.observe(viewer, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      for (const line of viewer.querySelectorAll(".found")) line.classList.remove("found");
    };
  }, [typed]);
}
