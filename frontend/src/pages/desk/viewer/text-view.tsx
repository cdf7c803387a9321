/** The text of a Word file below a picture of its first page, where there is one; what all of it looks like is in the file itself. */
import { useQuery } from "@tanstack/react-query";
import type { Document } from "@/api/queries";
import { ownPath } from "@/claims/opener";
import { useText } from "@/i18n/text";
import { textQuery } from "./bytes";
import { messages } from "./messages";
import { Opening, Unreadable } from "./unreadable";

export function TextView({ document, url, picture }: { document: Document; url: string; picture: string | null }) {
  const t = useText(messages);
  const { data, error } = useQuery(textQuery(document, url));
  if (error) return <Unreadable document={document} error={error} />;
  if (data === undefined) return <Opening document={document} />;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who scrolls by keys has to come here
    <div id="viewer" tabIndex={0} role="region" aria-label={document.file_name} className="min-h-0 flex-1 overflow-auto bg-sunken p-4">
      {picture && <img src={ownPath(picture)} alt={t("viewer.page")} className="mx-auto mb-4 w-full max-w-prose rounded-surface border border-line bg-surface" />}
      <p className="mx-auto max-w-prose pb-3 text-sm text-muted">{t(picture ? "viewer.firstPage" : "viewer.textOnly")}</p>
      {data && <p className="mx-auto max-w-prose rounded-surface border border-line bg-surface p-6 break-words whitespace-pre-wrap">{data}</p>}
    </div>
  );
}
