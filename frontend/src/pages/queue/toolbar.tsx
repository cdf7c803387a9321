/** Above the claims: search, filters, how many there are and what has changed, and what one does with the view itself. */
import { Download, Link as LinkIcon, Rows3, Rows4, Search, SlidersHorizontal } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useMe } from "@/api/session";
import { addressed } from "@/components/address";
import { Button, buttonClass } from "@/components/button";
import { controlClass } from "@/components/field";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { useRemembered } from "@/keyboard/remembered";
import { SORTS, askedOf, changed, extraOf, sortOf } from "./address";
import type { Counts } from "./counting";
import { KeepView } from "./kept";
import { Chips, FilterPanel } from "./filters";
import { messages } from "./messages";
import { Small } from "./small";
import type { Queue } from "./use-queue";
import { SEARCH_ID } from "./use-queue-keys";

const TYPING_MS = 250;

export function Toolbar({ queue, counts }: { queue: Queue; counts: Counts }) {
  const t = useText(messages);
  const [search] = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const extra = extraOf(search);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField />
        <Button
          variant="secondary"
          size="small"
          aria-expanded={isOpen}
          aria-controls="queue-filters"
          icon={<SlidersHorizontal className="size-4" aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {t("filters")}
          {extra.length > 0 && <data className="tabular-nums">{extra.length}</data>}
        </Button>
        <Workflow counts={counts} />
        <Order />
        <div className="ms-auto flex items-center max-md:w-full">
          <Changes queue={queue} />
          <Density />
          <KeepView />
          <CopyLink />
          <Export />
        </div>
      </div>
      <div id="queue-filters">{isOpen && <FilterPanel queue={queue} counts={counts} />}</div>
      <Chips queue={queue} names={extra} />
    </div>
  );
}

/** What is typed goes into the address when the typing rests. */
function SearchField() {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  const asked = search.get("text") ?? "";
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  useEffect(() => {
    if (input.current && input.current !== document.activeElement) input.current.value = asked;
  }, [asked]);
  const typed = (text: string) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setSearch(changed(addressed(), "text", text.trim()), { replace: true }), TYPING_MS);
  };
  return (
    <div className="relative min-w-48 flex-1 sm:max-w-80">
      <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted" aria-hidden />
      <input
        id={SEARCH_ID}
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        ref={input}
        defaultValue={asked}
        maxLength={200}
        onChange={(event) => typed(event.target.value)}
        className={controlClass(false, "h-9 ps-8 pe-8 !text-sm")}
      />
      <Kbd keys="/" className="pointer-events-none absolute end-2 top-2" />
    </div>
  );
}

/** Which kind of claims, once there are several. */
function Workflow({ counts }: { counts: Counts }) {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  const known = [...new Set(counts.all?.map(({ workflow }) => workflow))];
  const chosen = search.get("workflow") ?? "";
  if (known.length < 2 && !chosen) return null;
  return (
    <Small label={t("workflow")} value={chosen} onChange={(value) => setSearch(changed(addressed(), "workflow", value))}>
      <option value="">{t("workflow.any")}</option>
      {[...new Set([...known, ...(chosen ? [chosen] : [])])].map((name) => (
        <option key={name} value={name}>
          {t.of(`workflow.${name}`, name)}
        </option>
      ))}
    </Small>
  );
}

/** Where there are no heads of columns to order by. */
function Order() {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  return (
    <Small
      label={t("sort")}
      value={sortOf(search)}
      className="min-[56rem]:hidden"
      onChange={(value) => setSearch(changed(addressed(), "sort", value), { replace: true })}
    >
      {SORTS.map((sort) => (
        <option key={sort} value={sort}>
          {t(`sort.${sort}`)}
        </option>
      ))}
    </Small>
  );
}

function Density() {
  const t = useText(messages);
  const [dense, setDense] = useRemembered("dense", 0);
  const Icon = dense ? Rows4 : Rows3;
  return (
    <button
      type="button"
      aria-pressed={dense === 1}
      title={t("dense")}
      onClick={() => setDense(dense ? 0 : 1)}
      className={buttonClass("quiet", "icon", "max-[56rem]:hidden")}
    >
      <Icon className="size-4.5" aria-hidden />
      <span className="sr-only">{t("dense")}</span>
    </button>
  );
}

/** The same for whoever opens it: "me" is said by name. */
function CopyLink() {
  const t = useText(messages);
  const me = useMe();
  const copy = async () => {
    const link = new URL(window.location.href);
    if (link.searchParams.get("assignee") === "me") link.searchParams.set("assignee", me.id);
    await navigator.clipboard.writeText(link.href);
    toast(t("linkCopied"));
  };
  // On plain http addresses other than localhost no script may copy.
  const run = () => (navigator.clipboard ? void copy() : toast(t("linkHere")));
  return (
    <button type="button" title={t("copyLink")} onClick={run} className={buttonClass("quiet", "icon")}>
      <LinkIcon className="size-4.5" aria-hidden />
      <span className="sr-only">{t("copyLink")}</span>
    </button>
  );
}

function Export() {
  const t = useText(messages);
  const [search] = useSearchParams();
  const asked = Object.entries(askedOf(search)).map(([name, value]) => [name, String(value)] as [string, string]);
  return (
    <a
      href={`/claims/export.csv?${new URLSearchParams(asked)}`}
      download
      title={t("export")}
      className={buttonClass("quiet", "icon")}
    >
      <Download className="size-4.5" aria-hidden />
      <span className="sr-only">{t("export")}</span>
    </a>
  );
}

/** In a line that is there anyway, so that nothing below it moves when something is to be told. */
function Changes({ queue: { counted, gone, added, settle } }: { queue: Queue }) {
  const t = useText(messages);
  const told = [added > 0 && t("changed.new", { count: added }), gone.size > 0 && t("changed.gone", { count: gone.size })];
  const text = told.filter(Boolean).join(", ");
  return (
    <div className="me-auto flex h-9 items-center gap-2 text-muted md:me-2">
      <p role="status">{counted ? t("count", { count: counted.total }) : ""}</p>
      <p role="status">{text && `· ${text}`}</p>
      {text && (
        <button type="button" onClick={settle} className="h-7 cursor-pointer rounded-control px-2 font-semibold text-brand hover:bg-brand-tint">
          {t("changed.show")}
        </button>
      )}
    </div>
  );
}
