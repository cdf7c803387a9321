/** The filters of the list of claims: words, type, and one button for each status that there is. */
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link, useSearchParams } from "react-router";
import type { Schema } from "@/api/client";
import { messages as claimMessages } from "@/claims/messages";
import { addressed } from "@/components/address";
import { Select, controlClass } from "@/components/field";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

const TYPES = ["medical", "vehicle", "property", "travel", "other"] as const;
const TYPING_MS = 300;

export function Filters({ counts, total }: { counts: Schema<"ClaimCount">[]; total: number | undefined }) {
  const t = useText(messages);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-3">
        <SearchField />
        <TypeField />
      </div>
      <nav aria-label={t("filter.status")} className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
        <ul className="flex w-max gap-2 sm:w-auto sm:flex-wrap">
          <StatusLink status="" count={total} />
          {counts.map(({ workflow, status, count }) => (
            <StatusLink key={workflow + status} status={status} count={count} />
          ))}
        </ul>
      </nav>
      <p role="status" className="sr-only">
        {total === undefined ? "" : t("count", { count: total })}
      </p>
    </div>
  );
}

function StatusLink({ status, count }: { status: string; count: number | undefined }) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const format = useFormat();
  const [search] = useSearchParams();
  const isChosen = (search.get("status") ?? "") === status;
  const looks = isChosen
    ? "border-brand bg-brand-tint text-brand"
    : "border-line bg-surface text-ink hover:border-control";
  return (
    <li>
      <Link
        to={`?${changed(search, "status", status)}`}
        replace
        aria-current={isChosen ? "true" : undefined}
        className={cx("flex min-h-9 items-center gap-2 rounded-full border px-3.5 text-sm font-medium whitespace-nowrap", looks)}
      >
        {status ? says.of(`status.${status}`, status.replaceAll("_", " ")) : t("filter.all")}
        {count !== undefined && <data className="text-muted">{format.number(count)}</data>}
      </Link>
    </li>
  );
}

/** What is typed goes into the address when the typing rests. */
export function SearchField() {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  const asked = search.get("text") ?? "";
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  // The address can change otherwise, too: by going back, or by clearing the filters.
  useEffect(() => {
    if (input.current && input.current !== document.activeElement) input.current.value = asked;
  }, [asked]);
  const typed = (text: string) => {
    window.clearTimeout(timer.current);
    // As the address is then, not as it was when the typing began.
    const ask = () => setSearch(changed(addressed(), "text", text.trim()), { replace: true });
    timer.current = window.setTimeout(ask, TYPING_MS);
  };
  return (
    <div className="relative min-w-56 flex-1">
      <Search className="pointer-events-none absolute start-3 top-3 size-5 text-muted" aria-hidden />
      <input
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        ref={input}
        defaultValue={asked}
        onChange={(event) => typed(event.target.value)}
        className={controlClass(false, "h-11 ps-10")}
      />
    </div>
  );
}

function TypeField() {
  const t = useText(messages);
  const says = useText(claimMessages);
  const [search, setSearch] = useSearchParams();
  return (
    <Select
      aria-label={t("filter.type")}
      value={search.get("claim_type") ?? ""}
      onChange={(event) => setSearch(changed(addressed(), "claim_type", event.target.value), { replace: true })}
      className="w-full sm:w-44"
    >
      <option value="">{t("filter.allTypes")}</option>
      {TYPES.map((type) => (
        <option key={type} value={type}>
          {says(`type.${type}`)}
        </option>
      ))}
    </Select>
  );
}

export function changed(search: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(search);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}
