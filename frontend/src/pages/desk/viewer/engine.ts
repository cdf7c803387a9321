/** The engine of PDFs: this file is fetched when the first PDF opens. Its worker and decoders are scripts of the app. */
import {
  AnnotationMode,
  GlobalWorkerOptions,
  type PDFDocumentProxy,
  type PDFPageProxy,
  TextLayer,
  VerbosityLevel,
  getDocument,
} from "pdfjs-dist/legacy/build/pdf.mjs";
// oxlint-disable-next-line import/default -- Vite makes a worker of it
import Worker from "pdfjs-dist/legacy/build/pdf.worker.mjs?worker";
import type { Size } from "./view";

export type Pdf = PDFDocumentProxy;

/** Beyond this many pixels a page is drawn coarser: browsers refuse larger canvases. */
const MOST_PIXELS = 16_000_000;

export async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  GlobalWorkerOptions.workerPort ??= new Worker();
  // The engine keeps what it is given.
  const data = bytes.slice();
  return getDocument({ data, useWasm: false, enableXfa: false, verbosity: VerbosityLevel.ERRORS }).promise;
}

export interface Drawing {
  scale: number;
  rotation: number;
  /** Whether text can be marked and read out; thumbnails have none. */
  hasText: boolean;
}

/** Draws a page into the box, in place of what is there once it is done. Gives the page's own size. Stops when told so. */
export async function draw(pdf: Pdf, number: number, box: HTMLElement, drawing: Drawing, signal: AbortSignal): Promise<Size | null> {
  const page = await pdf.getPage(number);
  if (signal.aborted) return null;
  const canvas = await painted(page, drawing, signal);
  if (!canvas) return null;
  const text = drawing.hasText ? await textOf(page, drawing) : null;
  if (signal.aborted) return null;
  box.replaceChildren(canvas, ...(text ? [text] : []));
  const { width, height } = page.getViewport({ scale: 1, rotation: page.rotate });
  return { width, height };
}

async function painted(page: PDFPageProxy, { scale, rotation }: Drawing, signal: AbortSignal): Promise<HTMLCanvasElement | null> {
  const size = page.getViewport({ scale, rotation: page.rotate + rotation });
  const finest = Math.sqrt(MOST_PIXELS / (size.width * size.height));
  const density = Math.min(window.devicePixelRatio || 1, finest);
  const viewport = page.getViewport({ scale: scale * density, rotation: page.rotate + rotation });
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(viewport.width);
  canvas.height = Math.ceil(viewport.height);
  canvas.className = "block size-full";
  const task = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
  signal.addEventListener("abort", () => task.cancel());
  await task.promise.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return signal.aborted ? null : canvas;
}

async function textOf(page: PDFPageProxy, { scale, rotation }: Drawing): Promise<HTMLElement> {
  const viewport = page.getViewport({ scale, rotation: page.rotate + rotation });
  const container = document.createElement("div");
  container.className = "text-layer";
  container.style.setProperty("--total-scale-factor", String(scale));
  await new TextLayer({ textContentSource: await page.getTextContent(), container, viewport }).render();
  return container;
}

/** The words of a page, in one line of small letters. */
export async function wordsOf(pdf: Pdf, number: number): Promise<string> {
  const { items } = await (await pdf.getPage(number)).getTextContent();
  return items.map((item) => ("str" in item ? item.str : "")).join(" ").replace(/\s+/g, " ").toLowerCase();
}

export async function sizeOf(pdf: Pdf, number: number): Promise<Size> {
  const page = await pdf.getPage(number);
  const { width, height } = page.getViewport({ scale: 1, rotation: page.rotate });
  return { width, height };
}
