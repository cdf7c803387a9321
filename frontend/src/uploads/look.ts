/** Looks at files beside the page: reads each, makes photos smaller, judges them, and answers at the port that came with it. */
import type { Hint } from "./hints";
import { GRID_SIDE, type Grid, flawOf } from "./quality";

/** What a PDF says of itself at its end, or wherever it was written last. */
const LOCK = /\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/;

/** One after the other: a photo takes much memory while it is looked at. */
let last: Promise<unknown> = Promise.resolve();

addEventListener("message", ({ data: file, ports: [port] }: MessageEvent<File>) => {
  const answer = (hint?: Hint) => port?.postMessage(hint);
  // What cannot be read here is judged by the server.
  last = last.then(() => hintOf(file)).then(answer, () => answer());
});

async function hintOf(file: File): Promise<Hint | undefined> {
  if (file.type !== "application/pdf") return flawOfPhoto(file);
  return LOCK.test(new TextDecoder("latin1").decode(await file.arrayBuffer())) ? "locked" : undefined;
}

async function flawOfPhoto(file: File): Promise<Hint | undefined> {
  const photo = await createImageBitmap(file);
  const side = Math.max(photo.width, photo.height);
  const grid = gridOf(photo, Math.min(1, GRID_SIDE / side));
  photo.close();
  return flawOf(grid, side);
}

function gridOf(photo: ImageBitmap, scale: number): Grid {
  const [width, height] = [photo.width, photo.height].map((each) => Math.max(1, Math.round(each * scale))) as [number, number];
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  // What is transparent is shown on white.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(photo, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const light = new Uint8Array(width * height);
  const weights = [0.299, 0.587, 0.114];
  light.forEach((_, at) => (light[at] = weights.reduce((sum, weight, colour) => sum + weight * (data[4 * at + colour] ?? 0), 0)));
  return { width, height, light };
}
