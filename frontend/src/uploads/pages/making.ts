/** Draws pages as they were changed, and makes one file of them. */
import { type Page, frameOf } from "./page";
import { type Picture, pdfOf } from "./pdf";

/** The longer side of a page in pixels, and how well it is kept; the next is for pages that became too large together. */
const KEPT: readonly [number, number][] = [
  [2000, 0.8],
  [1500, 0.7],
  [1100, 0.6],
];

/** One PDF of all pages, of at most so many bytes if they can be made so small. */
export async function fileOf(pages: readonly Page[], most: number): Promise<File> {
  let pdf = new Blob();
  for (const [side, quality] of KEPT) {
    const pictures: Picture[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one after the other: a photo takes much memory
    for (const page of pages) pictures.push(await pictureOf(page, side, quality));
    pdf = pdfOf(pictures);
    if (pdf.size <= most) break;
  }
  return new File([pdf], "pages.pdf", { type: "application/pdf" });
}

async function pictureOf(page: Page, side: number, quality: number): Promise<Picture> {
  // As its camera was held.
  const photo = await createImageBitmap(page.photo);
  try {
    const canvas = drawn(photo, page, side);
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (!jpeg) throw new Error("no picture");
    return { jpeg: new Uint8Array(await jpeg.arrayBuffer()), width: canvas.width, height: canvas.height };
  } finally {
    photo.close();
  }
}

function drawn(photo: ImageBitmap, page: Page, most: number): HTMLCanvasElement {
  const { left, top, width, height, scale } = frameOf(page, photo, most);
  const [wide, high] = [width * scale, height * scale];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = page.turns % 2 ? [high, wide] : [wide, high];
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((page.turns * Math.PI) / 2);
  pen.drawImage(photo, left, top, width, height, -wide / 2, -high / 2, wide, high);
  return canvas;
}
