/** Choosing one of many by typing a part of its name: a combobox whose choices come from the API. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";
import { buttonClass } from "@/components/button";
import { type About, Field, controlClass, described } from "@/components/field";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { messages } from "../messages";

export interface Option {
  id: string;
  name: string;
  note: string;
}

/** What can be chosen: a name for the cache, and how it is searched. */
export interface Source {
  key: readonly unknown[];
  search: (text: string, signal: AbortSignal) => Promise<Option[]>;
}

interface PickerProps extends About {
  source: Source;
  value: Option | null;
  onChange: (option: Option | null) => void;
  /** A filter shows no words above, only for screen readers. */
  isFilter?: boolean;
}

export function Picker({ source, value, onChange, isFilter = false, className, ...about }: PickerProps) {
  const t = useText(messages);
  const control = useChoosing(source, value, onChange);
  const { list, options, active, isOpen } = control;
  const input = (
    <div className="relative">
      <input
        {...described(about)}
        {...control.input}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-label={isFilter ? String(about.label) : undefined}
        aria-expanded={isOpen}
        aria-controls={isOpen ? list : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && options[active] ? `${list}-${active}` : undefined}
        placeholder={isFilter ? String(about.label) : t("pick")}
        className={controlClass(Boolean(about.error), isFilter ? "h-10 pe-10 text-sm" : "h-11 pe-11")}
      />
      {value && (
        <button
          type="button"
          className={buttonClass("quiet", "icon", cx("absolute end-0.5 text-muted", isFilter ? "inset-y-0" : "inset-y-0.5"))}
          onClick={() => onChange(null)}
        >
          <X className="size-4" aria-hidden />
          <span className="sr-only">{t("pick.clear", { name: value.name })}</span>
        </button>
      )}
      {isOpen && <Choices {...control} />}
    </div>
  );
  if (isFilter) return <div className={cx("min-w-56", className)}>{input}</div>;
  return (
    <Field {...about} className={cx(className)}>
      {input}
    </Field>
  );
}

type Choosing = ReturnType<typeof useChoosing>;

function useChoosing(source: Source, value: Option | null, onChange: (option: Option | null) => void) {
  const list = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const isOpen = typed !== null;
  const text = useDeferredValue((typed ?? "").trim());
  const { data: options = [], isFetching } = useQuery({
    queryKey: ["admin", "pick", ...source.key, text],
    queryFn: ({ signal }) => source.search(text, signal),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  });
  const choose = (option: Option) => {
    onChange(option);
    setTyped(null);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return setTyped("");
      setActive(moved(active, event.key === "ArrowDown" ? 1 : -1, options.length));
    }
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      setTyped(null);
    }
    const chosen = options[active];
    if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      if (chosen) choose(chosen);
    }
  };
  const input = {
    value: typed ?? value?.name ?? "",
    onChange: (event: { target: { value: string } }) => {
      setTyped(event.target.value);
      setActive(0);
    },
    onKeyDown: pressed,
    onClick: () => typed === null && setTyped(""),
    onBlur: () => setTyped(null),
  };
  return { list, options, active, isOpen, isFetching, choose, input };
}

/** The next place, around the ends. */
export function moved(at: number, by: number, count: number): number {
  return count === 0 ? 0 : (at + by + count) % count;
}

function Choices({ list, options, active, isFetching, choose }: Choosing) {
  const t = useText(messages);
  return (
    <div className="absolute inset-x-0 z-30 mt-1 max-h-72 overflow-y-auto rounded-surface border border-line bg-surface p-1 shadow-float">
      <div id={list} role="listbox" aria-label={t("pick.choices")}>
        {options.map((option, at) => (
          <div
            key={option.id}
            id={`${list}-${at}`}
            role="option"
            aria-selected={at === active}
            tabIndex={-1}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
            className={cx("cursor-pointer rounded-control px-3 py-1.5 hover:bg-sunken", at === active && "bg-brand-tint")}
          >
            <span className="block text-sm font-medium">{option.name}</span>
            <span className="block text-xs break-all text-muted">{option.note}</span>
          </div>
        ))}
      </div>
      <p role="status" className={cx("px-3 py-1.5 text-sm text-muted", options.length > 0 && "sr-only")}>
        {options.length > 0 ? t("count", { count: options.length }) : isFetching ? t("pick.searching") : t("pick.none")}
      </p>
    </div>
  );
}
