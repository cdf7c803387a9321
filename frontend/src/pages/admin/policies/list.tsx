/** Every policy, by number. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { messages as claimMessages } from "@/claims/messages";
import { LinkButton } from "@/components/button";
import { Page } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { FilterBar, FilterSelect, Nothing, SearchField, useAsked } from "../parts/filters";
import { Paged } from "../parts/paged";
import { useMayAct } from "../parts/rights";
import { type Column, Named, Table } from "../parts/table";
import { type PolicyFilters, type PolicyRecord, policyListQuery } from "../queries";
import { messages } from "./messages";
import { POLICY_STATUSES, POLICY_TYPES, PolicyStanding } from "./standing";

export default function PoliciesPage() {
  const t = useText(messages);
  const mayAct = useMayAct();
  const asked = useAsked(["text", "type", "status", "user_id"]);
  const list = useInfiniteQuery(policyListQuery(asked as PolicyFilters));
  const columns = useColumns();
  const add = (
    <LinkButton to="/admin/policies/new" size="small" icon={<Plus className="size-4.5" aria-hidden />}>
      {t("add")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} width="desk" actions={mayAct && add}>
      <Filters />
      <Paged list={list} empty={<Nothing isFiltered={Object.keys(asked).length > 0} title={t("none")}>{t("noneText")}</Nothing>}>
        {(rows) => (
          <Table
            caption={t("title")}
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            linkOf={({ policy_number: number }) => `/admin/policies/${number}`}
          />
        )}
      </Paged>
    </Page>
  );
}

function Filters() {
  const t = useText(messages);
  const words = useText(shared);
  const says = useText(claimMessages);
  return (
    <FilterBar label={t("title")}>
      <SearchField label={t("search")} />
      <FilterSelect name="type" label={t("type")} all={t("type.all")} options={POLICY_TYPES.map((type) => [type, says(`type.${type}`)])} />
      <FilterSelect
        name="status"
        label={words("status")}
        all={t("status.all")}
        options={POLICY_STATUSES.map((status) => [status, t(`status.${status}`)])}
      />
    </FilterBar>
  );
}

function useColumns(): Column<PolicyRecord>[] {
  const t = useText(messages);
  const words = useText(shared);
  const says = useText(claimMessages);
  const format = useFormat();
  return [
    { id: "number", head: t("number"), cell: (policy) => <Named name={policy.policy_number} note={<span className="md:hidden">{policy.payer.name}</span>} /> },
    { id: "holder", head: t("holder"), cell: (policy) => <Holder policy={policy} /> },
    { id: "payer", head: t("payer"), cell: (policy) => policy.payer.name, from: "md" },
    { id: "type", head: t("type"), cell: ({ type }) => says(`type.${type}`), from: "md" },
    { id: "status", head: words("status"), cell: ({ status }) => <PolicyStanding status={status} />, from: "sm" },
    {
      id: "period",
      head: t("period"),
      cell: (policy) => <time>{t("fromTo", { from: format.day(policy.start_date), to: format.day(policy.end_date) })}</time>,
      from: "xl",
    },
    {
      id: "left",
      head: t("left"),
      cell: (policy) => <data>{format.amount(policy.cover_left, policy.currency)}</data>,
      from: "md",
      atEnd: true,
    },
  ];
}

/** Narrow screens have no column for what is not active. */
function Holder({ policy: { holder, status } }: { policy: PolicyRecord }) {
  return (
    <>
      {holder.name}
      {status !== "active" && (
        <span className="mt-1 block sm:hidden">
          <PolicyStanding status={status} />
        </span>
      )}
    </>
  );
}
