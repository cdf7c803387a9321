/** The documents of the claim: pictures as such, what was said of each, and how more are added. */
import { CircleCheck, CircleX, Download, Eye, Plus } from "lucide-react";
import { useState } from "react";
import type { Claim, Document } from "@/api/queries";
import { Opener, isShown, ownPath } from "@/claims/opener";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { FileIcon } from "@/uploads/file-icon";
import { messages } from "./messages";
import { AddDocuments } from "./later";

// The picture itself is the thumbnail: larger ones stay with their icon.
const MOST_THUMBNAIL_BYTES = 2 * 1024 * 1024;

export function Documents({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const [isAdding, setAdding] = useState(false);
  const isOpen = claim.status_group !== "closed";
  const add = isOpen && !isAdding && (
    <Button
      variant="quiet"
      size="small"
      className="no-print -my-2 -me-3"
      icon={<Plus className="size-4" aria-hidden />}
      onClick={() => setAdding(true)}
    >
      {t("documents.add")}
    </Button>
  );
  return (
    <Section id="documents" title={t("documents.title")} aside={add}>
      {isAdding && <AddDocuments claim={claim} onEnd={() => setAdding(false)} />}
      {claim.documents.length === 0 ? (
        <p className="text-muted">{t("documents.none")}</p>
      ) : (
        <ul className="divide-y divide-line rounded-surface border border-line bg-surface">
          {claim.documents.map((document) => (
            <Line key={document.id} document={document} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Line({ document }: { document: Document }) {
  const t = useText(messages);
  const format = useFormat();
  const Icon = isShown(document) ? Eye : Download;
  const about = [
    format.size(document.file_size),
    document.pages ? t("documents.pages", { count: document.pages }) : "",
    format.date(document.uploaded_at),
  ].filter(Boolean);
  return (
    <li className="relative flex items-center gap-3 px-4 py-3 hover:bg-sunken">
      <Thumbnail document={document} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{document.file_name}</p>
        <p className="text-sm text-muted">{about.join(" · ")}</p>
        <Mark document={document} />
      </div>
      <Opener document={document} className="no-print flex size-10 cursor-pointer items-center justify-center rounded-control text-brand after:absolute after:inset-0">
        <Icon className="size-5" aria-hidden />
      </Opener>
    </li>
  );
}

function Mark({ document: { verification: mark, verification_reason: reason } }: { document: Document }) {
  const t = useText(messages);
  if (mark === "verified") {
    return (
      <p className="flex items-center gap-1.5 text-sm text-positive">
        <CircleCheck className="size-4 shrink-0" aria-hidden />
        {t("documents.verified")}
      </p>
    );
  }
  if (mark !== "rejected") return null;
  return (
    <p className="flex gap-1.5 text-sm text-negative">
      <CircleX className="mt-0.5 size-4 shrink-0" aria-hidden />
      {[t("documents.rejected"), reason].filter(Boolean).join(": ")}
    </p>
  );
}

function Thumbnail({ document }: { document: Document }) {
  const [isBroken, setBroken] = useState(false);
  const source = document.thumbnail_url ?? whole(document);
  if (!source || isBroken) return <FileIcon />;
  return (
    <img
      src={ownPath(source)}
      alt=""
      loading="lazy"
      className="size-11 shrink-0 rounded-control border border-line object-cover"
      onError={() => setBroken(true)}
    />
  );
}

/** A small picture itself, until its thumbnail is made. */
function whole(document: Document): string | null {
  return isPicture(document) && document.file_size <= MOST_THUMBNAIL_BYTES ? document.url : null;
}

function isPicture(document: Document): boolean {
  return document.width !== null;
}
