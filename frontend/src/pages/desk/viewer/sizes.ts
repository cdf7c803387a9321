/** What the viewer watches of its boxes: how large they are, and whether they are nearly in sight. */
import { type RefObject, useEffect, useState } from "react";
import type { Size } from "./view";

/** null until it is measured. */
export function useSize(box: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  // In a pane that is not shown nothing has a size.
  return size && size.width > 0 ? size : null;
}

/** Whether it is in sight of the scrolling box around it, or less than one height of that away. */
export function useIsNear(box: RefObject<HTMLElement | null>, around: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (!box.current) return;
    const observer = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), {
      root: around.current,
      rootMargin: "100% 0px",
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, around]);
  return isNear;
}
