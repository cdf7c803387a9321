/** Until when an answer is wanted: in so many days, or at a time of one's own. */
import { cx } from "@/components/cx";
import { Field, controlClass, described } from "@/components/field";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

const DAYS = [1, 2, 3, 7];

interface DueFieldProps {
  value: string;
  error: string | undefined;
  onText: (text: string) => void;
}

export function DueField({ value, error, onText }: DueFieldProps) {
  const t = useText(messages);
  const about = { name: "due_at", label: t("field.due_at"), hint: t("hint.optional"), error };
  return (
    <Field {...about}>
      <div className="flex flex-wrap items-center gap-2">
        <input
          type="datetime-local"
          {...described(about)}
          value={value}
          className={controlClass(Boolean(error), "h-11 max-w-60")}
          onChange={({ target }) => onText(target.value)}
        />
        {DAYS.map((days) => {
          const at = inDays(new Date(), days);
          return (
            <button
              key={days}
              type="button"
              aria-pressed={value === at}
              className={cx("h-9 cursor-pointer rounded-control border px-2.5", value === at ? "border-brand bg-brand-tint text-brand" : "border-control hover:bg-sunken")}
              onClick={() => onText(at)}
            >
              {t("due.inDays", { count: days })}
            </button>
          );
        })}
      </div>
    </Field>
  );
}

/** The end of the working day so many days from now, as `datetime-local` writes it. */
export function inDays(now: Date, days: number): string {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T18:00`;
}
