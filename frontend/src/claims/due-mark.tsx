/** Until when something is to be done: the time that is left, and on the next line the moment itself. */
import { Clock, ClockAlert } from "lucide-react";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useDue } from "./due";

interface DueMarkProps {
  due: string;
  /** Whether it may be left undone, as contesting may. */
  isChoice?: boolean;
}

export function DueMark({ due, isChoice = false }: DueMarkProps) {
  const format = useFormat();
  const { text, isLate, isSoon } = useDue(due, isChoice);
  const Icon = isLate || isSoon ? ClockAlert : Clock;
  const hue = isLate ? "text-negative" : isSoon ? "text-waiting" : "text-ink";
  return (
    <time dateTime={due} className="flex items-start gap-1.5">
      <Icon className={cx("mt-0.5 size-4 shrink-0", hue)} aria-hidden />
      <span>
        <span className={cx("block font-semibold", hue)}>{text}</span>
        <span className="block text-muted">{format.moment(due)}</span>
      </span>
    </time>
  );
}
