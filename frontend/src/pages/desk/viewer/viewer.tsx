/** The documents of a claim: which there are, the one that is looked at, and what is said of it. */
import { FileX } from "lucide-react";
import { Suspense, lazy, useState } from "react";
import type { Document } from "@/api/queries";
import { useText } from "@/i18n/text";
import { useShortcuts } from "@/keyboard/shortcuts";
import { messages } from "./messages";
import type { StaffClaim } from "../queries";
import { DocumentList } from "./document-list";
import { ImageView } from "./image-view";
import { type Looking, useLooking } from "./looking";
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
}

export function Viewer({ claim, shown, onShow }: ViewerProps) {
  const { documents } = claim;
  const index = Math.max(0, documents.findIndex(({ id }) => id === shown));
  const document = documents[index];
  useDocumentKeys(documents, index, onShow);
  if (!document) return <NoDocuments />;
  return <Shown claim={claim} document={document} onShow={onShow} />;
}

function Shown({ claim, document, onShow }: { claim: StaffClaim; document: Document; onShow: (id: string) => void }) {
  const looking = useLooking(document.id);
  const [hasThumbnails, setThumbnails] = useState(false);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <DocumentList documents={claim.documents} shown={document.id} onShow={onShow} />
      <Toolbar document={document} looking={looking} hasThumbnails={hasThumbnails} onThumbnails={() => setThumbnails(!hasThumbnails)} />
      <Content key={document.id} document={document} looking={looking} hasThumbnails={hasThumbnails} />
      <SameFile document={document} />
      <Verdict key={`verdict-${document.id}`} claim={claim} document={document} />
    </div>
  );
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
