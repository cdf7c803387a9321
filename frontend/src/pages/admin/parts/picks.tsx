/** Choosing several: a picker, and what was chosen below it. */
import { X } from "lucide-react";
import { buttonClass } from "@/components/button";
import type { About } from "@/components/field";
import { useText } from "@/i18n/text";
import { messages } from "../messages";
import { type Option, Picker, type Source } from "./picker";

interface PicksProps extends About {
  source: Source;
  value: Option[];
  onChange: (options: Option[]) => void;
}

export function Picks({ source, value, onChange, ...about }: PicksProps) {
  const add = (option: Option | null) => {
    if (option && !value.some(({ id }) => id === option.id)) onChange([...value, option]);
  };
  return (
    <div className="flex flex-col gap-2">
      <Picker {...about} source={source} value={null} onChange={add} />
      {value.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {value.map((option) => (
            <Pick key={option.id} option={option} onRemove={() => onChange(value.filter(({ id }) => id !== option.id))} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Pick({ option, onRemove }: { option: Option; onRemove: () => void }) {
  const t = useText(messages);
  return (
    <li className="flex items-center gap-1 rounded-control border border-line bg-surface ps-3 text-sm">
      <span className="py-1">{option.name}</span>
      <button type="button" className={buttonClass("quiet", "icon", "size-8! text-muted")} onClick={onRemove}>
        <X className="size-4" aria-hidden />
        <span className="sr-only">{t("pick.remove", { name: option.name })}</span>
      </button>
    </li>
  );
}
