/** The documents in a row, each with what was said of it. */
import { CircleCheck, CircleX, File, FileImage, FileText, History } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Document } from "@/api/queries";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { messages } from "./messages";

interface DocumentListProps {
  documents: Document[];
  shown: string;
  onShow: (id: string) => void;
}

export function DocumentList({ documents, shown, onShow }: DocumentListProps) {
  const t = useText(messages);
  return (
    <nav aria-label={t("viewer.documents")} className="flex h-11 shrink-0 items-center gap-2 border-b border-line bg-surface ps-2">
      <ul className="flex min-w-0 flex-1 gap-1 overflow-x-auto p-1 [scrollbar-width:thin]">
        {documents.map((document) => (
          <Item key={document.id} document={document} isShown={document.id === shown} onShow={() => onShow(document.id)} />
        ))}
      </ul>
      {documents.length > 1 && (
        <span className="flex shrink-0 gap-1 pe-3 max-lg:hidden">
          <Kbd keys="[" />
          <Kbd keys="]" />
        </span>
      )}
    </nav>
  );
}

function Item({ document, isShown, onShow }: { document: Document; isShown: boolean; onShow: () => void }) {
  const t = useText(messages);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isShown) item.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isShown]);
  const looks = isShown ? "bg-brand-tint font-semibold text-brand" : "hover:bg-sunken";
  return (
    <li ref={item} className="shrink-0">
      <button
        type="button"
        aria-current={isShown ? "true" : undefined}
        title={document.file_name}
        className={cx("flex h-8 max-w-56 cursor-pointer items-center gap-1.5 rounded-control px-2.5", looks)}
        onClick={onShow}
      >
        <Mark document={document} />
        <span className={cx("truncate", document.replaced_by && "text-muted line-through")}>{document.file_name}</span>
        {document.replaced_by && <span className="sr-only">{t("viewer.replaced")}</span>}
      </button>
    </li>
  );
}

/** What was said of a document, or its kind while nothing was. */
export function Mark({ document }: { document: Document }) {
  const t = useText(messages);
  const { verification, file_type: type, replaced_by: isReplaced } = document;
  const said = verification !== "unverified" && <span className="sr-only">{`${t.of(`verdict.${verification}`, verification)}: `}</span>;
  const Kind = isReplaced ? History : ["jpeg", "png"].includes(type) ? FileImage : type === "pdf" ? FileText : File;
  const [Icon, hue] =
    verification === "verified" ? ([CircleCheck, "text-positive"] as const)
    : verification === "rejected" ? ([CircleX, "text-negative"] as const)
    : ([Kind, "text-muted"] as const);
  return (
    <>
      <Icon className={cx("size-4 shrink-0", hue)} aria-hidden />
      {said}
    </>
  );
}
