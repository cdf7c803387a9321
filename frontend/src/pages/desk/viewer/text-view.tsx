/** The text of a Word file, as its preview has it; what it looks like is in the file itself. */
import { useQuery } from "@tanstack/react-query";
import type { Document } from "@/api/queries";
import { useText } from "@/i18n/text";
import { textQuery } from "./bytes";
import { messages } from "./messages";
import { Opening, Unreadable } from "./unreadable";

export function TextView({ document, url }: { document: Document; url: string }) {
  const t = useText(messages);
  const { data, error } = useQuery(textQuery(document, url));
  if (error) return <Unreadable document={document} error={error} />;
  if (data === undefined) return <Opening document={document} />;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who scrolls by keys has to come here
    <div id="viewer" tabIndex={0} role="region" aria-label={document.file_name} className="min-h-0 flex-1 overflow-auto bg-sunken p-4">
      <p className="mx-auto max-w-prose pb-3 text-sm text-muted">{t("viewer.textOnly")}</p>
      <p className="mx-auto max-w-prose rounded-surface border border-line bg-surface p-6 break-words whitespace-pre-wrap">{data}</p>
    </div>
  );
}
