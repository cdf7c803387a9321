/** The places that the question is about: each leads to its page, where the next is drawn, too. */
import { SquareDashedMousePointer, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { usePlaceName } from "@/claims/marked";
import { placeKey } from "@/claims/place";
import { Button, buttonClass } from "@/components/button";
import { FieldError, Hint, described } from "@/components/field";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { MARK_KEYS, isMarkable } from "../marking";
import type { ActionFieldProps } from "./fields";
import { messages } from "./messages";

export function MarksField({ claim, written: { marks }, error, marking, onShowPlace }: ActionFieldProps) {
  const t = useText(messages);
  const button = useRef<HTMLButtonElement>(null);
  useFocusAfter(marks.length, button);
  if (marks.length === 0 && !claim.documents.some(isMarkable)) return null;
  const about = { name: "marks", label: t("marks.title"), hint: t("marks.hint", { other: claim.hospital?.name ?? claim.person_name }), error };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-semibold">{about.label}</legend>
      <Hint name="marks">{about.hint}</Hint>
      <FieldError name="marks" error={error} />
      <p role="status" className={marks.length > 0 ? "" : "sr-only"}>
        {t("marks.count", { count: marks.length })}
      </p>
      <Marks claim={claim} marks={marks} onRemove={marking.remove} onShowPlace={onShowPlace} />
      <Button
        ref={button}
        {...described(about)}
        size="small"
        variant="secondary"
        className="self-start disabled:cursor-default disabled:opacity-50"
        disabled={!marking.begin}
        icon={<SquareDashedMousePointer className="size-4" aria-hidden />}
        onClick={() => marking.begin?.()}
      >
        {t("marks.add")}
        <Kbd keys={MARK_KEYS} className="pointer-coarse:hidden" />
      </Button>
    </fieldset>
  );
}

interface MarksProps extends Pick<ActionFieldProps, "claim" | "onShowPlace"> {
  marks: ActionFieldProps["written"]["marks"];
  onRemove: (index: number) => void;
}

function Marks({ claim, marks, onRemove, onShowPlace }: MarksProps) {
  const t = useText(messages);
  const nameOf = usePlaceName();
  if (marks.length === 0) return null;
  return (
    <ol className="divide-y divide-line rounded-surface border border-line bg-surface">
      {marks.map((place, index) => {
        const document = claim.documents.find(({ id }) => id === place.document_id);
        const name = document ? nameOf(place, document) : "";
        return (
          <li key={placeKey(place)} className="flex items-center gap-2 ps-3">
            <span className="w-5 shrink-0 text-muted tabular-nums">{index + 1}</span>
            <button type="button" className="min-w-0 flex-1 cursor-pointer py-2 text-start text-brand wrap-anywhere hover:underline" onClick={() => onShowPlace(place)}>
              {name}
            </button>
            <button type="button" className={buttonClass("quiet", "icon")} onClick={() => onRemove(index)}>
              <X className="size-4" aria-hidden />
              <span className="sr-only">{t("marks.remove", { number: index + 1, name })}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** After a place is drawn, or taken away, here is where the next one begins. */
function useFocusAfter(count: number, button: React.RefObject<HTMLButtonElement | null>): void {
  const before = useRef(count);
  useEffect(() => {
    if (before.current !== count) button.current?.focus();
    before.current = count;
  }, [count, button]);
}
