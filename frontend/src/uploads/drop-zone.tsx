/** Where files are added: dropped, pasted, chosen, or taken with the camera; those that were are listed in it. */
import { useQuery } from "@tanstack/react-query";
import { Camera, Files, Plus } from "lucide-react";
import { type ReactNode, Suspense, lazy, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { configQuery } from "@/api/queries";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { FileRow } from "./file-row";
import { useJudge } from "./judge";
import { messages } from "./messages";
import { pageOf } from "./pages/page";
import { Pick } from "./pick";
import { type UploadList, useUploads } from "./upload-list";

/** Fetched with the first page that is photographed. */
const Pages = lazy(() => import("./pages/pages"));

interface DropZoneProps {
  list: UploadList;
  /** Which of the list's files are shown here, and what added ones are for. */
  slot: string;
  /** What is added here, for people who hear the buttons. */
  what: string;
  /** Whether it takes what is pasted anywhere on the page; for one zone of a page. */
  takesPaste?: boolean;
  children?: ReactNode;
}

export function DropZone({ list, slot, what, takesPaste = false, children }: DropZoneProps) {
  const t = useText(messages);
  const [isOver, setOver] = useState(false);
  const judge = useJudge();
  const files = useUploads(list).filter((picked) => picked.slot === slot);
  const add = (added: Iterable<File>) => list.add(added, slot, judge);
  usePaste(takesPaste ? add : null);
  return (
    <div
      className={cx("rounded-surface border bg-surface p-4", isOver ? "border-brand ring-2 ring-brand" : "border-line")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        add(event.dataTransfer.files);
      }}
    >
      {children}
      {files.length > 0 && (
        <ul className="mt-2 divide-y divide-line">
          {files.map((picked) => (
            <FileRow key={picked.id} picked={picked} list={list} />
          ))}
        </ul>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Pick label={t("addTo", { what })} onPick={add} icon={<Plus className="size-4" aria-hidden />}>
          {isOver ? t("dropNow") : t("add")}
        </Pick>
        <Pick takes="photo" label={t("photoOf", { what })} onPick={add} icon={<Camera className="size-4" aria-hidden />}>
          {t("photo")}
        </Pick>
        <PhotographedPages list={list} slot={slot} what={what} />
      </div>
    </div>
  );
}

/** Several pages, taken one after the other, that are added as one file. */
function PhotographedPages({ list, slot, what }: Omit<DropZoneProps, "takesPaste" | "children">) {
  const t = useText(messages);
  const judge = useJudge();
  const photographed = useSyncExternalStore(list.subscribe, list.photographed);
  return (
    <>
      <Pick
        takes="photo"
        label={t("pagesOf", { what })}
        onPick={(photos) => list.photograph({ slot, pages: photos.map(pageOf) })}
        icon={<Files className="size-4" aria-hidden />}
      >
        {t("pages")}
      </Pick>
      {photographed?.slot === slot &&
        // Not inside the form that this may be part of: Enter would send it.
        createPortal(
          <Suspense>
            <Pages
              pages={photographed.pages}
              change={(how) => list.photograph({ slot, pages: how(list.photographed()?.pages ?? []) })}
              onUse={(pages, file) => list.bind(pages, file, judge)}
              onEnd={() => list.photograph(undefined)}
            />
          </Suspense>,
          document.body,
        )}
    </>
  );
}

function usePaste(add: ((files: Iterable<File>) => void) | null): void {
  const paste = useEffectEvent((event: ClipboardEvent) => {
    const files = event.clipboardData?.files;
    if (!add || !files?.length) return;
    event.preventDefault();
    add(files);
  });
  useEffect(() => {
    const listen = (event: ClipboardEvent) => paste(event);
    document.addEventListener("paste", listen);
    return () => document.removeEventListener("paste", listen);
  }, []);
}

/** What is taken, in the numbers of this install. */
export function Limits() {
  const t = useText(messages);
  const format = useFormat();
  const language = useLanguage();
  const { data: config } = useQuery(configQuery);
  if (!config) return null;
  const names = [...new Set(config.file_types.map((type) => type.toUpperCase()).filter((type) => type !== "JPEG"))];
  const types = new Intl.ListFormat(`${language}-IN`, { type: "disjunction" }).format(names);
  return <>{t("limits", { types, size: format.size(config.max_file_bytes), count: config.max_files })}</>;
}

/** Says what became of each file, once, to people who do not see the rows. */
export function UploadNews({ list }: { list: UploadList }) {
  const t = useText(messages);
  const files = useUploads(list);
  const last = files.findLast(({ state }) => state === "done" || state === "failed" || state === "refused");
  return (
    <p role="status" className="sr-only">
      {last && `${last.name}: ${t(last.state === "done" ? "done" : "failed")}`}
      {last?.hint && `. ${t(`hint.${last.hint}`)}`}
    </p>
  );
}
