/** A document as large as the window, on the page itself: a picture, or the pages of a PDF. */
import { Download } from "lucide-react";
import { Suspense, lazy, useMemo } from "react";
import type { Document, Place } from "@/api/queries";
import { buttonClass } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { useLooking } from "@/pages/desk/viewer/looking";
import { SpotBox } from "@/pages/desk/viewer/spot-box";
import { messages } from "./opening-messages";

const PdfView = lazy(() => import("@/pages/desk/viewer/pdf-view"));

interface PreviewProps {
  document: Document;
  path: string;
  /** The place on it that is looked at. */
  place: Place | null;
  onClose: () => void;
}

export default function Preview({ document, path, place, onClose }: PreviewProps) {
  const t = useText(messages);
  return (
    <Dialog open onClose={onClose} title={document.file_name} isWide>
      {document.file_type === "pdf" ? <Pages document={document} place={place} /> : <Picture document={document} path={path} place={place} />}
      <a href={path} download={document.file_name} className={buttonClass("secondary", "small", "self-start")}>
        <Download className="size-4" aria-hidden />
        {t("download")}
      </a>
    </Dialog>
  );
}

function Picture({ document, path, place }: Omit<PreviewProps, "onClose">) {
  return (
    <div className="relative mx-auto w-fit">
      <img
        src={path}
        alt={document.file_name}
        width={document.width ?? undefined}
        height={document.height ?? undefined}
        className="h-auto max-h-[75dvh] w-auto max-w-full rounded-control bg-sunken object-contain"
      />
      {place && <SpotBox spot={{ ...place, isShown: true }} rotation={0} />}
    </div>
  );
}

function Pages({ document, place }: Pick<PreviewProps, "document" | "place">) {
  const marked = useMemo(() => ({ spots: place ? [{ ...place, isShown: true }] : [], place, drawing: null }), [place]);
  const looking = useLooking(document.id, marked);
  return (
    <div className="flex h-[75dvh] w-full overflow-hidden rounded-control border border-line">
      <Suspense fallback={<Skeleton className="size-full" />}>
        <PdfView document={document} looking={looking} hasThumbnails={false} />
      </Suspense>
    </div>
  );
}
