/** One thing that the payer misses: the place for its files, and a word about it. */
import { CircleCheck } from "lucide-react";
import type { UseFormReturn } from "react-hook-form";
import { useWatch } from "react-hook-form";
import { cx } from "@/components/cx";
import { TextArea } from "@/components/field";
import { useText } from "@/i18n/text";
import { DropZone } from "@/uploads/drop-zone";
import { type UploadList, useUploads } from "@/uploads/upload-list";
import type { Words } from "./action-form";
import { filesOf, noteOf, slotOf } from "./answer-text";
import { messages } from "./messages";

interface ItemZoneProps {
  item: string;
  index: number;
  form: UseFormReturn<Words>;
  uploads: UploadList;
  takesFiles: boolean;
}

export function ItemZone({ item, index, form, uploads, takesFiles }: ItemZoneProps) {
  const name = noteOf(index);
  const note = useWatch({ control: form.control, name }) ?? "";
  const files = filesOf(index, useUploads(uploads));
  const head = <Head item={item} isAnswered={note.trim() !== "" || files.length > 0} />;
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      {takesFiles ? (
        <DropZone list={uploads} slot={slotOf(index)} what={item}>
          {head}
        </DropZone>
      ) : (
        head
      )}
      <Note item={item} name={name} form={form} />
    </div>
  );
}

function Head({ item, isAnswered }: { item: string; isAnswered: boolean }) {
  const t = useText(messages);
  return (
    <div className="flex items-start justify-between gap-4">
      <h3 className="text-base">{item}</h3>
      <span
        className={cx(
          "flex shrink-0 items-center gap-1.5 rounded-full px-2.5 py-0.5 font-medium",
          isAnswered ? "bg-positive-tint text-positive" : "bg-waiting-tint text-waiting",
        )}
      >
        {isAnswered && <CircleCheck className="size-4" aria-hidden />}
        {t(isAnswered ? "item.done" : "item.open")}
      </span>
    </div>
  );
}

function Note({ item, name, form }: { item: string; name: string; form: UseFormReturn<Words> }) {
  const t = useText(messages);
  const label = (
    <>
      {t("note")}
      <span className="sr-only"> {item}</span>
    </>
  );
  return <TextArea {...form.register(name)} rows={2} label={label} error={form.formState.errors[name]?.message} />;
}
