/** How a document is looked at: which page, how large, and turned how far. Pure, for one document at a time. */

export type Fit = "width" | "page" | "free";

export interface View {
  page: number;
  fit: Fit;
  /** 1 is the document's own size; counts while `fit` is free. */
  scale: number;
  /** Clockwise, in degrees: 0, 90, 180 or 270. */
  rotation: number;
}

export interface Size {
  width: number;
  height: number;
}

export const START: View = { page: 1, fit: "width", scale: 1, rotation: 0 };
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];
/** Around a page, in pixels. */
export const MARGIN = 12;

/** The next step larger (1) or smaller (-1) than what is shown now. */
export function zoomed(view: View, shown: number, direction: 1 | -1): View {
  const beyond = direction === 1 ? STEPS.find((step) => step > shown * 1.01) : STEPS.findLast((step) => step < shown * 0.99);
  return { ...view, fit: "free", scale: beyond ?? shown };
}

export function turned(view: View): View {
  return { ...view, rotation: (view.rotation + 90) % 360 };
}

/** The other way to fit; from a size of one's own back to the width. */
export function fitted(view: View): View {
  return { ...view, fit: view.fit === "width" ? "page" : "width" };
}

export function atPage(view: View, page: number, pages: number): View {
  return { ...view, page: Math.min(Math.max(1, page), Math.max(1, pages)) };
}

export function turnedSize({ width, height }: Size, rotation: number): Size {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** By how much the page is drawn larger than it is, in a window of this size. */
export function scaleOf(view: View, page: Size, window: Size): number {
  if (view.fit === "free") return view.scale;
  const { width, height } = turnedSize(page, view.rotation);
  const toWidth = Math.max(40, window.width - 2 * MARGIN) / width;
  return view.fit === "width" ? toWidth : Math.min(toWidth, Math.max(40, window.height - 2 * MARGIN) / height);
}
