/** Filters of a list, kept in the address so that a list can be kept and passed on. */
import { Search, SearchX } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import { addressed } from "@/components/address";
import { Button } from "@/components/button";
import { Select, controlClass } from "@/components/field";
import { Empty } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages } from "../messages";

const TYPING_MS = 300;

export function FilterBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="search" aria-label={label} className="flex flex-wrap items-end gap-3">
      {children}
    </div>
  );
}

/** What of the address the API is asked. */
export function useAsked<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
  const [search] = useSearchParams();
  const given = names.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : []));
  return Object.fromEntries(given) as Partial<Record<Name, string>>;
}

/** Reads and changes one filter of the address. */
export function useFilter(name: string): [string, (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  // As the address is then, not as it was when the typing began.
  const set = (value: string) => setSearch(changed(addressed(), name, value), { replace: true });
  return [search.get(name) ?? "", set];
}

function changed(search: URLSearchParams, name: string, value: string): URLSearchParams {
  if (value) search.set(name, value);
  else search.delete(name);
  return search;
}

/** What is typed goes into the address when the typing rests. */
export function SearchField({ label, name = "text" }: { label: string; name?: string }) {
  const [asked, ask] = useFilter(name);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  // The address can change otherwise, too: by going back, or by clearing the filters.
  useEffect(() => {
    if (input.current && input.current !== document.activeElement) input.current.value = asked;
  }, [asked]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const typed = (text: string) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => ask(text.trim()), TYPING_MS);
  };
  return (
    <div className="relative min-w-56 flex-1">
      <Search className="pointer-events-none absolute start-3 top-2.5 size-4.5 text-muted" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        ref={input}
        defaultValue={asked}
        maxLength={100}
        onChange={(event) => typed(event.target.value)}
        className={controlClass(false, "h-10 ps-9 text-sm")}
      />
    </div>
  );
}

interface FilterSelectProps {
  name: string;
  label: string;
  /** What no choice is called. */
  all: string;
  options: readonly (readonly [value: string, label: string])[];
}

export function FilterSelect({ name, label, all, options }: FilterSelectProps) {
  const [value, set] = useFilter(name);
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={(event) => set(event.target.value)}
      className="min-w-40 max-sm:flex-1 [&>select]:h-10 [&>select]:text-sm [&>svg]:top-2.5"
    >
      <option value="">{all}</option>
      {options.map(([code, text]) => (
        <option key={code} value={code}>
          {text}
        </option>
      ))}
    </Select>
  );
}

/** Nothing is there, or nothing fits the filters, which can be cleared. */
export function Nothing({ isFiltered, title, children }: { isFiltered: boolean; title: string; children: ReactNode }) {
  const t = useText(messages);
  const [, setSearch] = useSearchParams();
  if (!isFiltered) return <Empty title={title}>{children}</Empty>;
  const clear = (
    <Button variant="secondary" size="small" onClick={() => setSearch({}, { replace: true })}>
      {t("filter.clear")}
    </Button>
  );
  return (
    <Empty icon={SearchX} title={t("noMatch")} action={clear}>
      {t("noMatchText")}
    </Empty>
  );
}
