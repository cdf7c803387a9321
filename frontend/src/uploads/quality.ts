/** What may be wrong with a photo, by how light its pixels are. The bounds were set by real bills, receipts and photos. */

export type Flaw = "small" | "dark" | "bright" | "blurred" | "sideways" | "cut";

/** How light each pixel is, 0 to 255, row by row; of a photo made smaller to `GRID_SIDE`. */
export interface Grid {
  width: number;
  height: number;
  light: Uint8Array;
}

/** The longer side of a grid: a page of print can just be read at this size. */
export const GRID_SIDE = 1024;
/** A page of which the longer side has fewer pixels cannot be read. */
const LEAST_SIDE = 480;

/** The first thing that is wrong, if any, with a photo whose longer side was `side` before it was made smaller. */
export function flawOf(grid: Grid, side: number): Flaw | undefined {
  if (side < LEAST_SIDE) return "small";
  const light = countsOf(grid.light);
  if (quantile(light, 0.95) < 90) return "dark";
  if (quantile(light, 0.005) > 200) return "bright";
  const turned = turn(grid);
  if (isBlurred(grid) || isBlurred(turned)) return "blurred";
  // What follows is about print: most of a page is paper, and paper is the lightest there is.
  const paper = quantile(light, 0.95);
  if (quantile(light, 0.5) < 0.8 * paper) return undefined;
  if (isSideways(grid)) return "sideways";
  return isCut(grid, paper) || isCut(turned, paper) ? "cut" : undefined;
}

/** Columns become rows. */
function turn({ width, height, light }: Grid): Grid {
  const turned = new Uint8Array(light.length);
  light.forEach((each, at) => (turned[(at % width) * height + Math.floor(at / width)] = each));
  return { width: height, height: width, light: turned };
}

function rowsOf({ width, height, light }: Grid): Uint8Array[] {
  return Array.from({ length: height }, (_, y) => light.subarray(y * width, (y + 1) * width));
}

function countsOf(light: Iterable<number>): Uint32Array {
  const counts = new Uint32Array(256);
  for (const each of light) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

/** The value below which this part of what was counted lies. */
function quantile(counts: Uint32Array, part: number): number {
  let left = part * counts.reduce((sum, count) => sum + count, 0);
  return counts.findIndex((count) => (left -= count) < 0);
}

const STRETCH = 16;
const CONTRAST = 48;
const LEAST_STRETCHES = 100;

/** Whether hardly an edge along the rows is sharp: from dark to light takes several pixels even where it is quickest. */
function isBlurred(grid: Grid): boolean {
  // Of stretches with a contrast: which part of it lies between two pixels, in percent.
  const steps: number[] = [];
  for (const row of rowsOf(grid)) {
    for (let start = 0; start + STRETCH <= grid.width; start += STRETCH) {
      const stretch = row.subarray(start, start + STRETCH);
      const contrast = Math.max(...stretch) - Math.min(...stretch);
      if (contrast >= CONTRAST) steps.push(Math.round((100 * steepest(stretch)) / contrast));
    }
  }
  return steps.length >= LEAST_STRETCHES && quantile(countsOf(steps), 0.75) < 25;
}

/** The largest difference of two pixels that lie side by side. */
function steepest(stretch: Uint8Array): number {
  return stretch.reduce((most, each, at) => Math.max(most, Math.abs(each - (stretch[at - 1] ?? each))), 0);
}

const TILE = 64;
const LEAST_TILES = 12;

/** Whether lines of print run from top to bottom: what lies between them is free of ink in columns, not in rows. */
function isSideways(grid: Grid): boolean {
  const rows = rowsOf(grid);
  let [upright, sideways] = [0, 0];
  for (let top = 0; top + TILE <= grid.height; top += TILE) {
    for (let left = 0; left + TILE <= grid.width; left += TILE) {
      const more = freeRows(rows.slice(top, top + TILE).map((row) => row.subarray(left, left + TILE)));
      if (more > TILE / 10) upright++;
      if (more < -TILE / 10) sideways++;
    }
  }
  return sideways >= LEAST_TILES && sideways >= 2 * upright;
}

/** How many more rows than columns of a tile have no ink; 0 where it is not print on paper. */
function freeRows(tile: Uint8Array[]): number {
  const paper = quantile(countsOf(tile.flatMap((row) => [...row])), 0.9);
  const isInk = (pixel = 255) => pixel < 0.75 * paper;
  const part = tile.reduce((sum, row) => sum + row.filter((pixel) => isInk(pixel)).length, 0) / TILE ** 2;
  if (paper < 100 || part < 0.02 || part > 0.4) return 0;
  const rows = tile.filter((row) => !row.some((pixel) => isInk(pixel))).length;
  return rows - Array.from(tile, (_, x) => x).filter((x) => !tile.some((row) => isInk(row[x]))).length;
}

const DEPTH = 4;
const WIDEST_STROKE = 40;
const LEAST_STROKES = 6;

/** Whether print runs out of the photo at its top or bottom: many strokes on paper in each of the outermost rows. */
function isCut(grid: Grid, paper: number): boolean {
  const rows = rowsOf(grid);
  const isPrint = (row: Uint8Array) => quantile(countsOf(row), 0.75) > 0.75 * paper && strokes(row, 0.6 * paper) >= LEAST_STROKES;
  return rows.slice(0, DEPTH).every(isPrint) || rows.slice(-DEPTH).every(isPrint);
}

/** How often the row is darker than this for a little while. */
function strokes(row: Uint8Array, ink: number): number {
  let [count, length] = [0, 0];
  for (const pixel of [...row, 255]) {
    if (pixel >= ink) {
      if (length > 0 && length <= WIDEST_STROKE) count++;
      length = 0;
    } else length++;
  }
  return count;
}
