/** The places that a question is about, each a way to it; of one on a document that was replaced only that is told. */
import { ScanSearch } from "lucide-react";
import type { Document, Place } from "@/api/queries";
import { useText } from "@/i18n/text";
import { Opener } from "./opener";
import { messages } from "./opening-messages";
import { placeKey } from "./place";

export interface MarkedPlacesProps {
  marks: readonly Place[];
  documents: readonly Document[];
  /** Where documents stand beside: shows it there. Else it opens on the page itself. */
  onShow?: (place: Place) => void;
}

const LOOKS = "flex cursor-pointer items-center gap-1.5 rounded-control text-start text-brand hover:underline";

export default function MarkedPlaces({ marks, documents, onShow }: MarkedPlacesProps) {
  const t = useText(messages);
  const nameOf = usePlaceName();
  if (marks.length === 0) return null;
  return (
    <ul aria-label={t("places")} className="mt-1 flex flex-col items-start gap-1.5">
      {marks.map((place, index) => {
        const document = documents.find(({ id }) => id === place.document_id);
        if (!document) return <Gone key={placeKey(place)} place={place} />;
        const where = nameOf(place, document);
        // Such as while it waits for the virus scanner.
        const isLocked = !document.url && !onShow;
        const label = marks.length > 1 ? t("place.showNumber", { number: index + 1, where }) : t("place.show", { where });
        const words = (
          <>
            <ScanSearch className="size-4 shrink-0" aria-hidden />
            <span className="min-w-0 wrap-anywhere">{label}</span>
          </>
        );
        return (
          <li key={placeKey(place)} className={isLocked ? "text-muted" : ""}>
            {isLocked && label}
            {onShow ? (
              <button type="button" className={LOOKS} onClick={() => onShow(place)}>
                {words}
              </button>
            ) : (
              <Opener document={document} place={place} label={label} className={LOOKS}>
                {words}
              </Opener>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Gone({ place: { page } }: { place: Place }) {
  const t = useText(messages);
  return <li className="text-muted">{t("place.gone", { page })}</li>;
}

/** The document's name, and the page where it has more than one. */
export function usePlaceName(): (place: Place, document: Document) => string {
  const t = useText(messages);
  return ({ page }, { file_name: name, pages }) => (pages === 1 || pages === null ? name : t("place.onPage", { name, page }));
}
