/** The way to the palette: a button in the header, and Ctrl+K or ⌘K. What it lists is fetched when it is first opened. */
import { Search } from "lucide-react";
import { Suspense, lazy, useEffect, useState } from "react";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

const load = () => import("./palette");
const Palette = lazy(load);
const AHEAD_MS = 2000;

function ahead(): void {
  // Without a network it is tried again when it is opened.
  load().catch(() => undefined);
}

export function PaletteButton() {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    // Before long it may be wanted at once, and what is typed then must not be lost.
    const timer = window.setTimeout(ahead, AHEAD_MS);
    return () => window.clearTimeout(timer);
  }, []);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const isIt = event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isIt || document.querySelector("dialog[open]:not([data-palette])")) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        onPointerEnter={ahead}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-9 min-w-9 cursor-pointer items-center justify-center gap-2 rounded-control text-sm text-muted hover:bg-sunken hover:text-ink md:border md:border-control md:px-3"
      >
        <Search className="size-5 md:size-4" aria-hidden />
        <span className="max-md:sr-only">{t("open")}</span>
        <kbd className="font-sans text-xs max-md:hidden pointer-coarse:hidden" aria-hidden>
          {IS_MAC ? "⌘K" : "Ctrl K"}
        </kbd>
      </button>
      {isOpen && (
        <Suspense>
          <Palette onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
