/** The way to the palette: a button in the header, and Ctrl+K or ⌘K. What it lists is fetched when it is first opened. */
import { Search } from "lucide-react";
import { Suspense, lazy, useEffect, useState } from "react";
import { firstView } from "@/api/first-view";
import { useText } from "@/i18n/text";
import { messages } from "@/shell/messages";

const load = () => import("./palette");
const Palette = lazy(load);

/** Without a network, which is told elsewhere, nothing is opened; it is tried again the next time. */
function whenLoaded(run?: () => void): void {
  void load().then(run, () => undefined);
}

export function PaletteButton() {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    // Before long it may be wanted at once, and what is typed then must not be lost.
    void firstView.then(() => whenLoaded());
  }, []);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const isIt = event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isIt) return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) whenLoaded(() => setOpen(true));
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => whenLoaded(() => setOpen(true))}
        onPointerEnter={() => whenLoaded()}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-9 min-w-9 cursor-pointer items-center justify-center gap-2 rounded-control text-sm text-muted hover:bg-sunken hover:text-ink lg:border lg:border-control lg:px-3"
      >
        <Search className="size-5 lg:size-4" aria-hidden />
        <span className="max-lg:sr-only">{t("search")}</span>
        <kbd className="font-sans text-xs max-lg:hidden pointer-coarse:hidden" aria-hidden>
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
