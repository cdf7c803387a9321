/** A document as large as the window, on the page itself: a picture, or the pages of a PDF. */
import { Download } from "lucide-react";
import { Suspense, lazy } from "react";
import type { Document } from "@/api/queries";
import { buttonClass } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { useLooking } from "@/pages/desk/viewer/looking";
import { messages } from "./opening-messages";

const PdfView = lazy(() => import("@/pages/desk/viewer/pdf-view"));

interface PreviewProps {
  document: Document;
  path: string;
  onClose: () => void;
}

export default function Preview({ document, path, onClose }: PreviewProps) {
  const t = useText(messages);
  return (
    <Dialog open onClose={onClose} title={document.file_name} isWide>
      {document.file_type === "pdf" ? <Pages document={document} /> : <Picture document={document} path={path} />}
      <a href={path} download={document.file_name} className={buttonClass("secondary", "small", "self-start")}>
        <Download className="size-4" aria-hidden />
        {t("download")}
      </a>
    </Dialog>
  );
}

function Picture({ document, path }: { document: Document; path: string }) {
  return (
    <img
      src={path}
      alt={document.file_name}
      width={document.width ?? undefined}
      height={document.height ?? undefined}
      className="mx-auto h-auto max-h-[75dvh] w-auto max-w-full rounded-control bg-sunken object-contain"
    />
  );
}

function Pages({ document }: { document: Document }) {
  const looking = useLooking(document.id);
  return (
    <div className="flex h-[75dvh] w-full overflow-hidden rounded-control border border-line">
      <Suspense fallback={<Skeleton className="size-full" />}>
        <PdfView document={document} looking={looking} hasThumbnails={false} />
      </Suspense>
    </div>
  );
}
