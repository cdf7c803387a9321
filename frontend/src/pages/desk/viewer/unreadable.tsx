/** In place of a document: while it opens, and when it cannot be shown here and is to be downloaded. */
import { useMutation } from "@tanstack/react-query";
import { Download, FileLock2, FileText, FileWarning, LoaderCircle } from "lucide-react";
import { asProblem } from "@/api/problem";
import type { Document } from "@/api/queries";
import { Button } from "@/components/button";
import { useProblemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { linkOf, ownPath } from "./bytes";

/** The browser's own download, by a link made for it. */
export function useDownload(document: Document) {
  const say = useProblemText();
  return useMutation({
    mutationFn: async () => {
      const anchor = window.document.createElement("a");
      anchor.href = ownPath(await linkOf(document));
      anchor.download = document.file_name;
      anchor.click();
    },
    onError: (error) => toast(say(asProblem(error))),
  });
}

export function Opening({ document }: { document: Document }) {
  const t = useText(messages);
  return (
    <div role="status" className="flex min-h-0 flex-1 items-center justify-center bg-sunken">
      <LoaderCircle className="size-6 animate-spin text-muted" aria-hidden />
      <span className="sr-only">{t("viewer.opening", { name: document.file_name })}</span>
    </div>
  );
}

/** A type that browsers do not show, a password, or a file that broke. */
export function Unreadable({ document, error }: { document: Document; error?: unknown }) {
  const t = useText(messages);
  const format = useFormat();
  const say = useProblemText();
  const download = useDownload(document);
  const isText = ["doc", "docx"].includes(document.file_type);
  const Icon = document.is_encrypted ? FileLock2 : isText ? FileText : FileWarning;
  const why = document.is_encrypted ? "viewer.encrypted" : isText ? "viewer.notShown" : "viewer.broken";
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-3 bg-sunken p-6 text-center">
      <Icon className="size-10 text-muted" aria-hidden />
      <p className="max-w-full font-semibold break-words">{document.file_name}</p>
      <p className="max-w-sm text-muted">{error ? say(asProblem(error)) : t(why)}</p>
      <Button variant="secondary" size="small" busy={download.isPending} icon={<Download className="size-4" aria-hidden />} onClick={() => download.mutate()}>
        {t("viewer.download", { size: format.size(document.file_size) })}
      </Button>
    </div>
  );
}
