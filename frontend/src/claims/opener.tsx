/** What opens a document: on the page itself where a browser can show it, as a download where not. */
import { type ReactNode, Suspense, lazy, useState } from "react";
import type { Document, Place } from "@/api/queries";
import { useText } from "@/i18n/text";
import { messages } from "./opening-messages";

const Preview = lazy(() => import("./preview"));
const SHOWN = new Set(["pdf", "jpeg", "png"]);

/** Whether it is shown on the page. */
export function isShown({ file_type: type, is_encrypted: isLocked }: Document): boolean {
  return SHOWN.has(type) && !isLocked;
}

interface OpenerProps {
  document: Document;
  /** The place on it that is looked at. */
  place?: Place;
  /** What the button is called; else it names the document. */
  label?: string;
  className: string;
  children: ReactNode;
}

export function Opener({ document, place, label, className, children }: OpenerProps) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  const { url, file_name: name } = document;
  if (!url) return null;
  if (!isShown(document)) {
    return (
      <a href={ownPath(url)} download={name} aria-label={t("get", { name })} className={className}>
        {children}
      </a>
    );
  }
  return (
    <>
      <button type="button" aria-label={label ?? t("show", { name })} className={className} onClick={() => setOpen(true)}>
        {children}
      </button>
      {isOpen && (
        <Suspense>
          <Preview document={document} path={ownPath(url)} place={place ?? null} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** The link on the server that this page came from, by whichever of its names. */
export function ownPath(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
