/** A picture among the documents, as large as the window, on the page itself. */
import { Download } from "lucide-react";
import type { Document } from "@/api/queries";
import { buttonClass } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

interface PreviewProps {
  document: Document;
  path: string;
  open: boolean;
  onClose: () => void;
}

export function Preview({ document, path, open, onClose }: PreviewProps) {
  const t = useText(messages);
  return (
    <Dialog open={open} onClose={onClose} title={document.file_name} isWide>
      <img
        src={path}
        alt={document.file_name}
        width={document.width ?? undefined}
        height={document.height ?? undefined}
        className="mx-auto h-auto max-h-[75dvh] w-auto max-w-full rounded-control bg-sunken object-contain"
      />
      <a href={path} download={document.file_name} className={buttonClass("secondary", "small", "self-start")}>
        <Download className="size-4" aria-hidden />
        {t("documents.download")}
      </a>
    </Dialog>
  );
}
