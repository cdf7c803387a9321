/** The documents of a claim: which there are, the one that is looked at, and what is said of it. */
import { FileX } from "lucide-react";
import { Suspense, lazy, useMemo, useState } from "react";
import type { Document, Place } from "@/api/queries";
import { useText } from "@/i18n/text";
import { useShortcuts } from "@/keyboard/shortcuts";
import { messages } from "./messages";
import { type Marking, isMarkable, spotsOn } from "../marking";
import type { StaffClaim } from "../queries";
import { DocumentList } from "./document-list";
import { ImageView } from "./image-view";
import { type Looking, type Marked, useLooking } from "./looking";
import { SameFile } from "./same-file";
import { TextView } from "./text-view";
import { Toolbar } from "./toolbar";
import { Opening, Unreadable } from "./unreadable";
import { Verdict } from "./verdict";

const PdfView = lazy(() => import("./pdf-view"));

interface ViewerProps {
  claim: StaffClaim;
  shown: string | null;
  onShow: (id: string) => void;
  /** The place that is looked at. */
  place: Place | null;
  marking: Marking;
}

export function Viewer({ claim, shown, onShow, ...marked }: ViewerProps) {
  const { documents } = claim;
  const index = Math.max(0, documents.findIndex(({ id }) => id === shown));
  const document = documents[index];
  useDocumentKeys(documents, index, onShow);
  if (!document) return <NoDocuments />;
  return <Shown claim={claim} document={document} onShow={onShow} {...marked} />;
}

interface ShownProps extends Omit<ViewerProps, "shown"> {
  document: Document;
}

function Shown({ claim, document, onShow, place, marking }: ShownProps) {
  const looking = useLooking(document.id, useMarked(document, place, marking));
  const [hasThumbnails, setThumbnails] = useState(false);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <DocumentList documents={claim.documents} shown={document.id} onShow={onShow} />
      <Toolbar document={document} looking={looking} marking={marking} hasThumbnails={hasThumbnails} onThumbnails={() => setThumbnails(!hasThumbnails)} />
      <Content key={document.id} document={document} looking={looking} hasThumbnails={hasThumbnails} />
      <SameFile document={document} />
      <Verdict key={`verdict-${document.id}`} claim={claim} document={document} />
    </div>
  );
}

function useMarked(document: Document, place: Place | null, { marks, isDrawing, add, end }: Marking): Marked {
  const { id } = document;
  const spots = useMemo(() => spotsOn(id, marks, place), [id, marks, place]);
  const drawing = isDrawing && isMarkable(document) ? { take: (drawn: Omit<Place, "document_id">) => add({ document_id: id, ...drawn }), end } : null;
  return { spots, place: place?.document_id === id ? place : null, drawing };
}

function Content({ document, looking, hasThumbnails }: { document: Document; looking: Looking; hasThumbnails: boolean }) {
  if (document.is_encrypted) return <Unreadable document={document} />;
  if (isPdf(document)) {
    return (
      <Suspense fallback={<Opening document={document} />}>
        <PdfView document={document} looking={looking} hasThumbnails={hasThumbnails} />
      </Suspense>
    );
  }
  if (isPicture(document)) return <ImageView document={document} looking={looking} />;
  const { preview_url: preview, text_url: text } = document;
  if (!preview) return <Unreadable document={document} />;
  return <TextView document={document} url={text ?? preview} picture={text && preview} />;
}

export function isPdf({ file_type: type }: Document): boolean {
  return type === "pdf";
}

export function isPicture({ file_type: type }: Document): boolean {
  return ["jpeg", "png"].includes(type);
}

function useDocumentKeys(documents: Document[], index: number, onShow: (id: string) => void): void {
  const t = useText(messages);
  const go = (step: number) => () => {
    const next = documents[index + step];
    if (next) onShow(next.id);
  };
  const group = t("keys.documents");
  useShortcuts([
    { keys: "[", label: t("keys.previousDocument"), run: go(-1), when: index > 0, group },
    { keys: "]", label: t("keys.nextDocument"), run: go(1), when: index < documents.length - 1, group },
    { keys: "f", label: t("keys.intoDocument"), run: () => window.document.getElementById("viewer")?.focus(), when: documents.length > 0, group },
  ]);
}

function NoDocuments() {
  const t = useText(messages);
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 bg-sunken p-6 text-center">
      <FileX className="size-10 text-muted" aria-hidden />
      <p className="font-semibold">{t("viewer.none")}</p>
      <p className="max-w-sm text-muted">{t("viewer.noneText")}</p>
    </div>
  );
}
