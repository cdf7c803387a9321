/** The filters of the trail, in the address: who acted, what happened, about what, from and to which day. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { asProblem } from "@/api/problem";
import { claimQuery } from "@/api/queries";
import { buttonClass } from "@/components/button";
import { controlClass } from "@/components/field";
import { useText } from "@/i18n/text";
import { FilterBar, FilterSelect, SearchField, useAsked, useFilter } from "../parts/filters";
import { Picker } from "../parts/picker";
import { people, personOption } from "../parts/sources";
import { type AuditFilters, userQuery } from "../queries";
import { dayStart } from "./days";
import { EVENT_TYPES, useEventName } from "./event-names";
import { messages } from "./messages";

const KINDS = ["claim", "user", "organisation", "policy", "webhook", "channel", "access_log", "registration", "address", "external", "store", "audit"] as const;

/** A claim is asked for by its number, and the trail by its id; `isMissing` when there is no such claim.
    Batches of views, one a second while people read, would drown all else: they are shown when asked for. */
export function useAuditFilters(): { filters: AuditFilters; isFiltered: boolean; isMissing: boolean } {
  const { claim, from, to, ...asked } = useAsked(["actor_id", "type", "subject_kind", "subject_id", "claim", "from", "to"]);
  const found = useQuery({ ...claimQuery(claim ?? ""), enabled: claim !== undefined });
  const filters: AuditFilters = { ...asked };
  if (from) filters.since = dayStart(from, 0);
  if (to) filters.until = dayStart(to, 1);
  if (claim) Object.assign(filters, { subject_kind: "claim", subject_id: found.data?.id });
  const isWaiting = claim !== undefined && found.data === undefined;
  const isMissing = isWaiting && (found.error ? asProblem(found.error).status === 404 || asProblem(found.error).status === 422 : true);
  const isFiltered = claim !== undefined || Object.keys(filters).length > 0;
  if (!filters.type && !filters.subject_kind) filters.views = false;
  return { filters, isFiltered, isMissing };
}

export function AuditFilterBar() {
  const t = useText(messages);
  const name = useEventName();
  const types = EVENT_TYPES.map((type) => [type, name(type)] as const).toSorted((a, b) => a[1].localeCompare(b[1]));
  return (
    <FilterBar label={t("title")}>
      <ActorFilter />
      <SearchField name="claim" label={t("claim")} />
      <FilterSelect name="type" label={t("what")} all={t("what.all")} options={types} />
      <FilterSelect name="subject_kind" label={t("about")} all={t("about.all")} options={KINDS.map((kind) => [kind, t(`about.${kind}`)])} />
      <DayFilter name="from" label={t("from")} />
      <DayFilter name="to" label={t("to")} />
      <OneSubject />
    </FilterBar>
  );
}

function ActorFilter() {
  const t = useText(messages);
  const [id, set] = useFilter("actor_id");
  const { data: user } = useQuery({ ...userQuery(id), enabled: id !== "" });
  const option = id === "" ? null : user ? personOption(user) : { id, name: "…", note: "" };
  return (
    <Picker
      isFilter
      name="actor"
      label={t("who")}
      source={people()}
      value={option}
      onChange={(next) => set(next?.id ?? "")}
      className="max-sm:flex-1"
    />
  );
}

function DayFilter({ name, label }: { name: string; label: string }) {
  const [day, set] = useFilter(name);
  return (
    <label className="flex items-center gap-2 max-sm:w-[calc(50%-0.375rem)] max-sm:flex-col max-sm:items-stretch max-sm:gap-1">
      <span className="whitespace-nowrap text-muted">{label}</span>
      <input type="date" value={day} onChange={(event) => set(event.target.value)} className={controlClass(false, "h-10 text-sm")} />
    </label>
  );
}

/** Come to from the page of one thing: that only its events are shown, and the way to all. */
function OneSubject() {
  const t = useText(messages);
  const [id, set] = useFilter("subject_id");
  if (id === "") return null;
  return (
    <span className="flex min-h-10 items-center gap-1 rounded-full bg-brand-tint ps-3.5 font-medium text-brand">
      {t("one")}
      <button type="button" className={buttonClass("quiet", "icon")} onClick={() => set("")}>
        <X className="size-4" aria-hidden />
        <span className="sr-only">{t("one.clear")}</span>
      </button>
    </span>
  );
}
