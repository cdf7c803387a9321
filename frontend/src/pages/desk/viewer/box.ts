/** A box on a page, in fractions of the page as it stands upright; and as it is seen when the page is turned. Pure. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Smaller ones are slips of the hand. */
const LEAST = 0.01;
const STEP = 0.01;
const EXACT = 10_000;
const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 };

/** Tells boxes apart. */
export function keyOf({ x, y, width, height }: Box): string {
  return [x, y, width, height].join(" ");
}

/** Where a box is seen when the page is turned clockwise by 0, 90, 180 or 270 degrees. */
export function turnedBox(box: Box, rotation: number): Box {
  const { x, y, width, height } = box;
  if (rotation === 90) return { x: 1 - y - height, y: x, width: height, height: width };
  if (rotation === 180) return { x: 1 - x - width, y: 1 - y - height, width, height };
  if (rotation === 270) return { x: y, y: 1 - x - width, width: height, height: width };
  return box;
}

/** Where a box that is seen on a turned page stands on the upright one. */
export function uprightBox(box: Box, rotation: number): Box {
  return turnedBox(box, (360 - rotation) % 360);
}

/** The box with these corners, as far as it lies on the page. */
export function between(one: Point, other: Point): Box {
  const [left, right] = [one.x, other.x].map(onPage).toSorted((a, b) => a - b) as [number, number];
  const [top, bottom] = [one.y, other.y].map(onPage).toSorted((a, b) => a - b) as [number, number];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function isLarge({ width, height }: Box): boolean {
  return width >= LEAST && height >= LEAST;
}

/** As exact as a page needs it, and not beyond its edge. */
export function rounded({ x, y, width, height }: Box): Box {
  const [left, top] = [round(x), round(y)];
  return { x: left, y: top, width: round(round(x + width) - left), height: round(round(y + height) - top) };
}

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

export function isArrow(key: string): boolean {
  return key in ARROWS;
}

/** A step in the direction of the arrow: of the whole box, or of its lower right corner. */
export function stepped({ x, y, width, height }: Box, key: string, isSizing: boolean): Box {
  const by = ARROWS[key] ?? { x: 0, y: 0 };
  if (isSizing) return { x, y, width: within(width + by.x, LEAST, 1 - x), height: within(height + by.y, LEAST, 1 - y) };
  return { x: within(x + by.x, 0, 1 - width), y: within(y + by.y, 0, 1 - height), width, height };
}

/** The middle third of what is in sight of the page: where a box begins that is made by keys. */
export function middleOf(page: DOMRect, window: DOMRect): Box {
  const seen = between(
    { x: (window.left - page.left) / page.width, y: (window.top - page.top) / page.height },
    { x: (window.right - page.left) / page.width, y: (window.bottom - page.top) / page.height },
  );
  const { x, y, width, height } = isLarge(seen) ? seen : WHOLE;
  return { x: x + width / 3, y: y + height / 3, width: width / 3, height: height / 3 };
}

function onPage(value: number): number {
  return within(value, 0, 1);
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function round(value: number): number {
  return Math.round(value * EXACT) / EXACT;
}
