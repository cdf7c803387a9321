/** The hospitals and payers of this install, closed ones too. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { LinkButton } from "@/components/button";
import { Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { OffMark } from "../parts/facts";
import { FilterBar, FilterSelect, Nothing, SearchField, useAsked } from "../parts/filters";
import { Paged } from "../parts/paged";
import { useMayAct } from "../parts/rights";
import { type Column, Named, Table } from "../parts/table";
import { type Organisation, type OrganisationFilters, organisationsQuery } from "../queries";
import { messages } from "./messages";

export default function OrganisationsPage() {
  const t = useText(messages);
  const mayAct = useMayAct();
  const asked = useAsked(["text", "kind"]);
  const list = useInfiniteQuery(organisationsQuery(asked as OrganisationFilters));
  const columns = useColumns();
  const add = (
    <LinkButton to="/admin/organisations/new" size="small" icon={<Plus className="size-4.5" aria-hidden />}>
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
            linkOf={({ number }) => `/admin/organisations/${number}`}
          />
        )}
      </Paged>
    </Page>
  );
}

function Filters() {
  const t = useText(messages);
  const words = useText(shared);
  return (
    <FilterBar label={t("title")}>
      <SearchField label={t("search")} />
      <FilterSelect
        name="kind"
        label={t("kind")}
        all={t("kind.all")}
        options={[
          ["hospital", words("kind.hospital")],
          ["payer", words("kind.payer")],
        ]}
      />
    </FilterBar>
  );
}

function useColumns(): Column<Organisation>[] {
  const t = useText(messages);
  const words = useText(shared);
  return [
    { id: "name", head: t("name"), cell: ({ name, number }) => <Named name={name} note={<span className="md:hidden">{number}</span>} /> },
    { id: "number", head: t("number"), cell: ({ number }) => <span className="text-muted">{number}</span>, from: "md" },
    { id: "kind", head: t("kind"), cell: ({ kind, is_active: isOpen }) => <Kind kind={kind} isOpen={isOpen} /> },
    { id: "works", head: t("worksWith"), cell: ({ works_with: partners }) => t("partners", { count: partners.length }), from: "sm" },
    {
      id: "status",
      head: words("status"),
      cell: ({ is_active: isOpen }) => (isOpen ? <span className="text-muted">{words("open")}</span> : <OffMark>{words("closed")}</OffMark>),
      from: "sm",
    },
  ];
}

/** Narrow screens have no column for what is closed. */
function Kind({ kind, isOpen }: { kind: Organisation["kind"]; isOpen: boolean }) {
  const words = useText(shared);
  return (
    <>
      {words(`kind.${kind}`)}
      {!isOpen && (
        <span className="mt-1 block sm:hidden">
          <OffMark>{words("closed")}</OffMark>
        </span>
      )}
    </>
  );
}
