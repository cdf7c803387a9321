/** What belongs to a message beside its words: the files that came with it, who has read it, and that it is new. */
import { Check, Paperclip } from "lucide-react";
import type { Document, Message } from "@/api/queries";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { Opener } from "./opener";
import { messages } from "./opening-messages";

const CHIP =
  "inline-flex max-w-full cursor-pointer items-center gap-2 rounded-control border border-line bg-surface px-2.5 py-1.5 text-start text-sm hover:bg-sunken";

interface MessageFilesProps {
  message: Message;
  /** Where there is a viewer beside the messages. */
  onShow?: (document: string) => void;
}

export function MessageFiles({ message: { documents }, onShow }: MessageFilesProps) {
  if (documents.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {documents.map((document) => (
        <li key={document.id} className="max-w-full">
          {onShow ? (
            <button type="button" className={CHIP} onClick={() => onShow(document.id)}>
              <Name document={document} />
            </button>
          ) : (
            <Opener document={document} className={CHIP}>
              <Name document={document} />
            </Opener>
          )}
        </li>
      ))}
    </ul>
  );
}

function Name({ document }: { document: Document }) {
  const format = useFormat();
  return (
    <>
      <Paperclip className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="truncate font-medium">{document.file_name}</span>
      <span className="whitespace-nowrap text-muted">{format.size(document.file_size)}</span>
    </>
  );
}

export function NewMark() {
  const t = useText(messages);
  return <span className="rounded-full bg-brand px-2 text-xs font-semibold text-on-brand">{t("new")}</span>;
}

/** Below the last message that the other side has read. */
export function ReadMark({ message: { read_by: read } }: { message: Message }) {
  const t = useText(messages);
  const format = useFormat();
  if (!read) return null;
  return (
    <p className="mt-1 flex items-center justify-end gap-1.5 text-xs text-muted">
      <Check className="size-3.5" aria-hidden />
      {t("readBy", { time: format.time(read.at), name: read.name })}
    </p>
  );
}

/** The messages under which it is said that they were read: the last one of them alone, for it goes for those before. */
export function lastRead(said: readonly Message[]): string | undefined {
  return said.findLast(({ is_mine: isMine, read_by: read }) => isMine && read)?.id;
}
