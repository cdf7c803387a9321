/** A PDF: every page has its place, and only those nearly in sight are drawn. */
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { Document } from "@/api/queries";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { bytesQuery } from "./bytes";
import { type Pdf, draw, openPdf, sizeOf } from "./engine";
import { Scroller } from "./scroller";
import { useIsNear, useSize } from "./sizes";
import { Thumbnails } from "./thumbnails";
import { Opening, Unreadable } from "./unreadable";
import { MARGIN, type Size, scaleOf, turnedSize } from "./view";
import type { Looking } from "./looking";
import { Spots } from "./spots";

export interface Opened {
  pdf: Pdf;
  first: Size;
}

export default function PdfView({ document, looking, hasThumbnails }: { document: Document; looking: Looking; hasThumbnails: boolean }) {
  const { data: bytes, error } = useQuery(bytesQuery(document));
  const [opened, problem] = useOpened(bytes);
  const { onPages } = looking;
  const pages = opened?.pdf.numPages ?? 0;
  useEffect(() => onPages(pages, opened?.pdf ?? null), [pages, opened, onPages]);
  if (error ?? problem) return <Unreadable document={document} error={error} />;
  if (!opened) return <Opening document={document} />;
  return (
    <div className="flex min-h-0 flex-1">
      {hasThumbnails && <Thumbnails opened={opened} looking={looking} />}
      <Pages document={document} opened={opened} looking={looking} />
    </div>
  );
}

function useOpened(bytes: Uint8Array | undefined): [Opened | null, unknown] {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    if (!bytes) return;
    let isGone = false;
    const opening = openPdf(bytes);
    opening
      .then(async (pdf) => ({ pdf, first: await sizeOf(pdf, 1) }))
      .then((found) => !isGone && setOpened(found))
      .catch((error: unknown) => !isGone && setProblem(error));
    return () => {
      isGone = true;
      void opening.then((pdf) => pdf.loadingTask.destroy()).catch(() => undefined);
    };
  }, [bytes]);
  return [opened, problem];
}

function Pages({ document, opened, looking }: { document: Document; opened: Opened; looking: Looking }) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const { view, onShown } = looking;
  const scale = size ? scaleOf(view, opened.first, size) : 0;
  useEffect(() => onShown(scale), [scale, onShown]);
  return (
    <Scroller box={box} name={document.file_name} looking={looking} pages={opened.pdf.numPages} isReady={scale > 0}>
      {scale > 0 &&
        Array.from({ length: opened.pdf.numPages }, (_, index) => (
          <Page key={index} opened={opened} number={index + 1} scale={scale} looking={looking} around={box} />
        ))}
    </Scroller>
  );
}

interface PageProps {
  opened: Opened;
  number: number;
  scale: number;
  looking: Looking;
  around: RefObject<HTMLDivElement | null>;
}

function Page({ opened: { pdf, first }, number, scale, looking, around }: PageProps) {
  const { rotation } = looking.view;
  const t = useText(messages);
  const place = useRef<HTMLDivElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  const isNear = useIsNear(place, around);
  const [own, setOwn] = useState<Size>(first);
  const { width, height } = turnedSize(own, rotation);
  useEffect(() => {
    const box = paper.current;
    if (!isNear || !box) return;
    const stop = new AbortController();
    void draw(pdf, number, box, { scale, rotation, hasText: true }, stop.signal)
      .then((size) => size && setOwn((before) => (before.width === size.width && before.height === size.height ? before : size)))
      .catch(() => undefined);
    return () => stop.abort();
  }, [isNear, pdf, number, scale, rotation]);
  useEffect(() => {
    if (!isNear) paper.current?.replaceChildren();
  }, [isNear]);
  return (
    <div
      ref={place}
      role="group"
      aria-label={t("viewer.pageOf", { page: number, pages: pdf.numPages })}
      data-page={number}
      className="relative mx-auto shrink-0 bg-[#fff] shadow-sm ring-1 ring-line"
      style={{ width: width * scale, height: height * scale, marginBlock: MARGIN / 2 }}
    >
      <div ref={paper} className="absolute inset-0" />
      <Spots looking={looking} page={number} />
    </div>
  );
}
