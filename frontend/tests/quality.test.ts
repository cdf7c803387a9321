import { expect, it } from "vitest";
import { type Grid, flawOf } from "@/uploads/quality";

type Paint = (x: number, y: number) => number;

/** A grid of which each pixel is as light as `paint` says. */
function drawn(paint: Paint, width = 320, height = 400): Grid {
  const light = Uint8Array.from({ length: width * height }, (_, at) => paint(at % width, Math.floor(at / width)));
  return { width, height, light };
}

/** Lines of letters, 20 pixels apart, on paper with a margin of 40. */
const page: Paint = (x, y) => {
  const isInside = x >= 40 && x < 280 && y >= 40 && y < 360;
  const isLine = y % 20 < 10;
  const isStroke = (x + 5 * Math.floor(y / 20)) % 7 < 3;
  return isInside && isLine && isStroke ? 30 : 240;
};
const turned: Paint = (x, y) => page(y, x);
const moved: (by: number) => Paint = (by) => (x, y) => page(x + by, y);

/** As a hand that is not still takes it: each pixel is the mean of those around it, or beside it. */
function shaken(paint: Paint, across: number, down: number): Paint {
  return (x, y) => {
    let sum = 0;
    for (let dx = -across; dx <= across; dx++) for (let dy = -down; dy <= down; dy++) sum += paint(x + dx, y + dy);
    return sum / ((2 * across + 1) * (2 * down + 1));
  };
}

it("finds nothing wrong with a page of print, nor with a photo of a thing", () => {
  expect(flawOf(drawn(page), 800)).toBeUndefined();
  // Dark shapes on a background that is neither light nor even.
  const thing = drawn((x, y) => ((Math.floor(x / 90) + Math.floor(y / 70)) % 2 ? 40 : 120 + (x % 40)));
  expect(flawOf(thing, 800)).toBeUndefined();
});

it.each([
  ["479 pixels are too small to be read", page, 479, "small"],
  ["480 pixels are judged", page, 480, undefined],
  ["without light it is dark", (x, y) => page(x, y) / 3, 800, "dark"],
  ["ink that hardly differs from paper is too bright", (x, y) => 255 - (255 - page(x, y)) / 6, 800, "bright"],
  ["an empty page is too bright", () => 250, 800, "bright"],
  ["what is out of focus is blurred", shaken(page, 3, 3), 800, "blurred"],
  ["a hand that moves sideways blurs", shaken(page, 8, 0), 800, "blurred"],
  ["a hand that moves up and down blurs", shaken(page, 0, 5), 800, "blurred"],
  ["a little softness is none", shaken(page, 1, 0), 800, undefined],
  ["lines that run down lie on their side", turned, 800, "sideways"],
  ["print at the left edge is cut", moved(100), 800, "cut"],
  ["print at the right edge is cut", moved(-100), 800, "cut"],
  ["print at the top is cut", (x, y) => page(x, y + 62), 800, "cut"],
  ["print at the bottom is cut", (x, y) => page(x, y - 74), 800, "cut"],
] satisfies [string, Paint, number, string | undefined][])("%s", (_, paint, side, flaw) => {
  expect(flawOf(drawn(paint), side)).toBe(flaw);
});

it("does not judge by few edges, nor take what is no paper for a page", () => {
  const smooth = drawn((x, y) => 60 + (x + y) / 10);
  expect(flawOf(smooth, 800)).toBeUndefined();
  const fence = drawn((x) => (x % 12 < 5 ? 200 : 90));
  expect(flawOf(fence, 800)).toBeUndefined();
});
