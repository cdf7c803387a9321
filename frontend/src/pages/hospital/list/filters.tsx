/** The filters of the hospital's claims: words, payer, hospital, and a button for each group of statuses. */
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import type { Schema } from "@/api/client";
import { useMe } from "@/api/session";
import { addressed } from "@/components/address";
import { cx } from "@/components/cx";
import { Select } from "@/components/field";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { SearchField, changed } from "@/pages/claims/filters";
import { messages as lists } from "@/pages/claims/messages";
import { hospitalsOf, organisationsQuery } from "../queries";
import { messages } from "./messages";

export function Filters({ counts, total }: { counts: Schema<"ClaimCount">[]; total: number | undefined }) {
  const says = useText(lists);
  const { data: firms } = useQuery(organisationsQuery);
  const hospitals = hospitalsOf(useMe());
  const payers = (firms ?? []).filter(({ kind }) => kind === "payer");
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-3">
        <SearchField />
        {payers.length > 1 && <FirmField name="payer" firms={payers} />}
        {hospitals.length > 1 && <FirmField name="hospital" firms={hospitals} />}
      </div>
      <nav aria-label={says("filter.status")} className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
        <ul className="flex w-max gap-2 sm:w-auto sm:flex-wrap">
          <GroupLink group="" count={total} />
          {byGroup(counts).map(([group, count]) => (
            <GroupLink key={group} group={group} count={count} />
          ))}
        </ul>
      </nav>
      <p role="status" className="sr-only">
        {total === undefined ? "" : says("count", { count: total })}
      </p>
    </div>
  );
}

/** What waits for the hospital first, then along the course that claims take, as the counts come. */
function byGroup(counts: Schema<"ClaimCount">[]): [string, number][] {
  const groups = new Map<string, number>();
  for (const { status_group: group, count } of counts) groups.set(group, (groups.get(group) ?? 0) + count);
  return [...groups].toSorted(([one], [other]) => Number(other === "waiting") - Number(one === "waiting"));
}

function GroupLink({ group, count }: { group: string; count: number | undefined }) {
  const t = useText(messages);
  const says = useText(lists);
  const format = useFormat();
  const [search] = useSearchParams();
  const isChosen = (search.get("status_group") ?? "") === group;
  const looks = isChosen ? "border-brand bg-brand-tint text-brand" : "border-line bg-surface text-ink hover:border-control";
  return (
    <li>
      <Link
        to={`?${changed(search, "status_group", group)}`}
        replace
        aria-current={isChosen ? "true" : undefined}
        className={cx("flex min-h-9 items-center gap-2 rounded-full border px-3.5 font-medium whitespace-nowrap", looks)}
      >
        {group ? t.of(`group.${group}`, group) : says("filter.all")}
        {count !== undefined && <data className="text-muted">{format.number(count)}</data>}
      </Link>
    </li>
  );
}

function FirmField({ name, firms }: { name: "payer" | "hospital"; firms: { number: string; name: string }[] }) {
  const t = useText(messages);
  const [search, setSearch] = useSearchParams();
  return (
    <Select
      aria-label={t(`filter.${name}`)}
      value={search.get(name) ?? ""}
      onChange={(event) => setSearch(changed(addressed(), name, event.target.value), { replace: true })}
      className="w-full sm:w-56"
    >
      <option value="">{t(`filter.${name}.all`)}</option>
      {firms.map((firm) => (
        <option key={firm.number} value={firm.number}>
          {firm.name}
        </option>
      ))}
    </Select>
  );
}
