/** Adding files to what one writes: the button, the files once it was pressed, and what goes with the message. */
import { Paperclip } from "lucide-react";
import { Suspense, lazy, useEffect, useState } from "react";
import { Button } from "@/components/button";
import { Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { UploadList, arrived, pending, stuck, useUploads } from "@/uploads/upload-list";
import { messages } from "./opening-messages";

const Attach = lazy(() => import("./attach"));

export interface Attaching {
  list: UploadList;
  isOpen: boolean;
  open: () => void;
  /** The ids of the files that have arrived. */
  ids: string[];
  /** While one is on its way, or was not taken, the message waits. */
  isReady: boolean;
  /** After the message was sent. */
  clear: () => void;
}

export function useAttaching(): Attaching {
  const [list] = useState(() => new UploadList());
  const [isOpen, setOpen] = useState(false);
  const files = useUploads(list);
  useEffect(() => () => list.clear(), [list]);
  const clear = () => {
    list.clear();
    setOpen(false);
  };
  const isReady = pending(files).length === 0 && stuck(files).length === 0;
  return { list, isOpen, open: () => setOpen(true), ids: arrived(files), isReady, clear };
}

export function AttachedFiles({ attaching: { isOpen, list } }: { attaching: Attaching }) {
  if (!isOpen) return null;
  return (
    <Suspense fallback={<Skeleton className="h-28" />}>
      <Attach list={list} />
    </Suspense>
  );
}

export function AttachButton({ attaching: { isOpen, open } }: { attaching: Attaching }) {
  const t = useText(messages);
  if (isOpen) return null;
  return (
    <Button variant="quiet" size="small" icon={<Paperclip className="size-4" aria-hidden />} onClick={open}>
      {t("attach")}
    </Button>
  );
}
