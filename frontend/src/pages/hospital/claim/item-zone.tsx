/** One thing that the payer misses: the place for its files, and a word about it. */
import { CircleCheck } from "lucide-react";
import type { UseFormReturn } from "react-hook-form";
import { useWatch } from "react-hook-form";
import { TextField } from "@/components/field";
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
  const content = <About item={item} index={index} form={form} uploads={uploads} />;
  if (!takesFiles) return <div className="rounded-surface border border-line p-4">{content}</div>;
  return (
    <DropZone list={uploads} slot={slotOf(index)} what={item}>
      {content}
    </DropZone>
  );
}

function About({ item, index, form, uploads }: Omit<ItemZoneProps, "takesFiles">) {
  const t = useText(messages);
  const name = noteOf(index);
  const note = useWatch({ control: form.control, name }) ?? "";
  const files = filesOf(index, useUploads(uploads));
  const isAnswered = note.trim() !== "" || files.length > 0;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start justify-between gap-4">
        <h3 className="text-base">{item}</h3>
        {isAnswered ? (
          <span className="flex shrink-0 items-center gap-1.5 rounded-full bg-positive-tint px-2.5 py-0.5 font-medium text-positive">
            <CircleCheck className="size-4" aria-hidden />
            {t("item.done")}
          </span>
        ) : (
          <span className="shrink-0 rounded-full bg-waiting-tint px-2.5 py-0.5 font-medium text-waiting">{t("item.open")}</span>
        )}
      </div>
      <TextField
        {...form.register(name)}
        label={
          <>
            {t("note")} <span className="sr-only">{item}</span>
          </>
        }
        autoComplete="off"
        error={form.formState.errors[name]?.message}
      />
    </div>
  );
}
