/** The filters beside the views: a panel of fields, and a chip for each that is set. All of them stand in the address. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Link, useSearchParams } from "react-router";
import { messages as claimMessages } from "@/claims/messages";
import { useStatusWords } from "@/claims/status-badge";
import { addressed } from "@/components/address";
import { controlClass } from "@/components/field";
import { useMe } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { type FilterName, changed, viewLink, viewOf } from "./address";
import type { Counts } from "./counting";
import { messages } from "./messages";
import { organisationsQuery } from "./queries";
import { Small } from "./small";
import type { Queue } from "./use-queue";

const TYPES = ["medical", "vehicle", "property", "travel", "other"] as const;
const DAYS = ["created_from", "created_to", "incident_from", "incident_to"] as const;
const AMOUNTS = ["amount_min", "amount_max"] as const;

type Choice = readonly [value: string, label: string];

export function FilterPanel({ queue, counts }: { queue: Queue; counts: Counts }) {
  const says = useText(claimMessages);
  const say = useStatusWords();
  const people = usePeople(queue);
  const hospitals = useQuery(organisationsQuery("hospital")).data ?? [];
  const payers = useQuery(organisationsQuery("payer")).data ?? [];
  const statuses = [...new Set(counts.all?.map(({ status }) => status))];
  const named = (all: typeof hospitals) => all.map(({ number, name }) => [number, name] as const);
  return (
    <div className="grid gap-x-3 gap-y-3 rounded-surface border border-line bg-surface p-3 sm:grid-cols-2 md:grid-cols-4">
      <Choose name="status" choices={statuses.map((status) => [status, say(status)])} />
      <Choose name="claim_type" choices={TYPES.map((type) => [type, says(`type.${type}`)])} />
      <Choose name="hospital" choices={named(hospitals)} />
      <Choose name="payer" choices={named(payers)} />
      {DAYS.map((name) => (
        <Typed key={name} name={name} type="date" />
      ))}
      {AMOUNTS.map((name) => (
        <Typed key={name} name={name} type="number" />
      ))}
      <Choose name="assignee" choices={people} />
    </div>
  );
}

/** Oneself, nobody, and whom the claims that are shown name. */
function usePeople({ rows }: Queue): Choice[] {
  const t = useText(messages);
  const me = useMe();
  const [search] = useSearchParams();
  const others = new Map(rows.flatMap(({ assignee }) => (assignee && assignee.id !== me.id ? [[assignee.id, assignee.name]] : [])));
  const asked = search.get("assignee") ?? "";
  if (asked === me.id) others.set(me.id, me.name);
  else if (asked && asked !== "me" && asked !== "none" && !others.has(asked)) others.set(asked, t("assignee.other"));
  return [["me", t("assignee.me")], ["none", t("assignee.none")], ...others];
}

function Labelled({ name, children }: { name: FilterName; children: (id: string) => ReactNode }) {
  const t = useText(messages);
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-muted">
        {t(`filter.${name}`)}
      </label>
      {children(id)}
    </div>
  );
}

function Choose({ name, choices }: { name: FilterName; choices: Choice[] }) {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  const value = search.get(name) ?? "";
  return (
    <Labelled name={name}>
      {(id) => (
        <Small id={id} value={value} onChange={(next) => setSearch(changed(addressed(), name, next), { replace: true })}>
          <option value="">{t("filter.any")}</option>
          {value && !choices.some(([each]) => each === value) && <option value={value}>{value}</option>}
          {choices.map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </Small>
      )}
    </Labelled>
  );
}

/** Taken when one leaves the field or presses Enter: half a date or amount is none. */
function Typed({ name, type }: { name: FilterName; type: "date" | "number" }) {
  const [search, setSearch] = useSearchParams();
  const value = search.get(name) ?? "";
  const take = (input: HTMLInputElement) => {
    if (input.value !== value && input.validity.valid) setSearch(changed(addressed(), name, input.value), { replace: true });
  };
  return (
    <Labelled name={name}>
      {(id) => (
        <input
          key={value}
          id={id}
          type={type}
          {...(type === "number" ? { min: 0, step: "0.01", inputMode: "decimal" as const } : { min: "1900-01-01", max: "2999-12-31" })}
          defaultValue={value}
          onBlur={(event) => take(event.target)}
          onKeyDown={(event) => event.key === "Enter" && take(event.currentTarget)}
          className={controlClass(false, "h-9 !text-sm")}
        />
      )}
    </Labelled>
  );
}

export function Chips({ queue, names }: { queue: Queue; names: FilterName[] }) {
  const t = useText(messages);
  const [search] = useSearchParams();
  const say = useFilterWords(queue);
  if (names.length === 0) return null;
  return (
    <ul className="flex flex-wrap items-center gap-2">
      {names.map((name) => {
        const what = `${t(`filter.${name}`)}: ${say(name, search.get(name) ?? "")}`;
        return (
          <li key={name} className="flex h-7 items-center gap-1 rounded-full bg-sunken ps-3 pe-1">
            {what}
            <Link to={`?${changed(search, name, "")}`} replace className="rounded-full p-1 text-muted hover:text-ink">
              <X className="size-4" aria-hidden />
              <span className="sr-only">{t("filter.remove", { what })}</span>
            </Link>
          </li>
        );
      })}
      <li>
        <Link to={viewLink(viewOf(search) ?? "all", search)} className="rounded-control px-1 font-semibold text-brand hover:underline">
          {t("filter.clear")}
        </Link>
      </li>
    </ul>
  );
}

/** The value of a filter as one reads it. */
function useFilterWords(queue: Queue): (name: FilterName, value: string) => string {
  const t = useText(messages);
  const says = useText(claimMessages);
  const status = useStatusWords();
  const format = useFormat();
  const people = new Map(usePeople(queue));
  const hospitals = useQuery({ ...organisationsQuery("hospital"), enabled: false }).data;
  const payers = useQuery({ ...organisationsQuery("payer"), enabled: false }).data;
  const organisation = (value: string) => [...(hospitals ?? []), ...(payers ?? [])].find(({ number }) => number === value)?.name ?? nameInRows(queue, value);
  return (name, value) => {
    if (name === "status") return status(value);
    if (name === "status_group") return value.split(",").map((group) => t.of(`group.${group}`, group)).join(", ");
    if (name === "claim_type") return says.of(`type.${value}`, value);
    if (name === "assignee") return people.get(value) ?? value;
    if (name === "hospital" || name === "payer") return organisation(value);
    return /^\d{4}-\d\d-\d\d$/.test(value) ? format.day(value) : value;
  };
}

function nameInRows({ rows }: Queue, number: string): string {
  const parties = rows.flatMap(({ hospital, payer }) => (hospital ? [hospital, payer] : [payer]));
  return parties.find((party) => party.number === number)?.name ?? number;
}
