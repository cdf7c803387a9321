/** The scrolling box around pages and pictures: keys turn pages, zoom and rotate while it has the focus. */
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import type { Looking } from "./looking";
import { fitted, turned, zoomed } from "./view";

interface ScrollerProps {
  box: RefObject<HTMLDivElement | null>;
  name: string;
  looking: Looking;
  pages: number;
  /** Whether its pages have their places. */
  isReady: boolean;
  children: ReactNode;
}

export function Scroller({ box, name, looking, pages, isReady, children }: ScrollerProps) {
  const t = useText(messages);
  useAskedPage(box, looking, isReady);
  usePageInSight(box, looking, isReady);
  const isLarge = looking.view.fit === "free";
  return (
    <div
      ref={box}
      id="viewer"
      role="region"
      aria-label={t("viewer.document", { name })}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who scrolls by keys has to come here
      tabIndex={0}
      onKeyDown={(event) => press(event, looking, pages)}
      className="relative flex min-h-0 min-w-0 flex-1 flex-col overflow-auto bg-sunken outline-offset-[-2px] [scrollbar-gutter:stable_both-edges]"
    >
      <div className={isLarge ? "m-auto flex w-max min-w-full flex-col px-3 py-1.5" : "my-auto flex flex-col py-1.5"}>{children}</div>
    </div>
  );
}

/** Comes to the page that was asked for, or to the place on it that is looked at, and stays there when sizes change. */
function useAskedPage(box: RefObject<HTMLDivElement | null>, looking: Looking, isReady: boolean): void {
  const { page, fit, scale, rotation } = looking.view;
  const asked = `${looking.asked} ${fit} ${scale} ${rotation}`;
  const done = useRef("");
  useLayoutEffect(() => {
    if (!isReady || done.current === asked) return;
    done.current = asked;
    const around = box.current;
    const place = around?.querySelector<HTMLElement>(`[data-page="${page}"]`);
    if (!around || !place) return;
    const spot = place.querySelector("[data-spot=shown]");
    if (spot) around.scrollBy(toMiddle(spot.getBoundingClientRect(), around.getBoundingClientRect()));
    else around.scrollTo({ top: page === 1 ? 0 : place.offsetTop - 8 });
  }, [box, isReady, asked, page]);
}

function toMiddle(spot: DOMRect, around: DOMRect): ScrollToOptions {
  return {
    left: (spot.left + spot.right - around.left - around.right) / 2,
    top: (spot.top + spot.bottom - around.top - around.bottom) / 2,
  };
}

/** Tells which page is in sight while one scrolls: the last that begins above the middle. */
function usePageInSight(box: RefObject<HTMLDivElement | null>, { change }: Looking, isReady: boolean): void {
  useEffect(() => {
    const around = box.current;
    if (!around || !isReady) return;
    const notice = () => {
      const middle = around.scrollTop + around.clientHeight / 2;
      const places = [...around.querySelectorAll<HTMLElement>("[data-page]")];
      const page = Number(places.findLast((place) => place.offsetTop <= middle)?.dataset.page ?? 1);
      change((before) => (before.page === page ? before : { ...before, page }));
    };
    around.addEventListener("scroll", notice, { passive: true });
    return () => around.removeEventListener("scroll", notice);
  }, [box, change, isReady]);
}

function press(event: KeyboardEvent, { view, change, goTo, shown }: Looking, pages: number): void {
  const steps: Record<string, () => void> = {
    PageDown: () => goTo(view.page + 1),
    ArrowRight: () => goTo(view.page + 1),
    PageUp: () => goTo(view.page - 1),
    ArrowLeft: () => goTo(view.page - 1),
    Home: () => goTo(1),
    End: () => goTo(pages),
    "+": () => change((before) => zoomed(before, shown, 1)),
    "=": () => change((before) => zoomed(before, shown, 1)),
    "-": () => change((before) => zoomed(before, shown, -1)),
    "0": () => change(fitted),
    r: () => change(turned),
  };
  const step = steps[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  // A page that is wider than its box is scrolled sideways by the arrows.
  const isSideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (isSideways && event.currentTarget.scrollWidth > event.currentTarget.clientWidth) return;
  event.preventDefault();
  step();
}
