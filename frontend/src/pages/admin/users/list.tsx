/** Everybody who has an account, to be searched and narrowed. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { LinkButton } from "@/components/button";
import { Page } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { FilterBar, FilterSelect, Nothing, SearchField, useAsked, useFilter } from "../parts/filters";
import { Paged } from "../parts/paged";
import { Picker } from "../parts/picker";
import { useMayAct } from "../parts/rights";
import { organisationOption, organisations } from "../parts/sources";
import { type Column, Named, Table } from "../parts/table";
import { type User, type UserFilters, organisationQuery, usersQuery } from "../queries";
import { messages } from "./messages";
import { RoleName } from "./role-name";
import { ROLES } from "./roles";
import { ShortStanding, Standing, isIn } from "./standing";

export default function UsersPage() {
  const t = useText(messages);
  const mayAct = useMayAct();
  const asked = useAsked(["text", "role", "is_active", "organisation"]);
  const list = useInfiniteQuery(usersQuery(asked as UserFilters));
  const columns = useColumns();
  const invite = (
    <LinkButton to="/admin/users/new" size="small" icon={<UserPlus className="size-4.5" aria-hidden />}>
      {t("invite")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} width="desk" actions={mayAct && invite}>
      <Filters />
      <Paged list={list} empty={<Nothing isFiltered={Object.keys(asked).length > 0} title={t("none")}>{t("noneText")}</Nothing>}>
        {(rows) => (
          <Table caption={t("title")} columns={columns} rows={rows} keyOf={({ id }) => id} linkOf={({ id }) => `/admin/users/${id}`} />
        )}
      </Paged>
    </Page>
  );
}

function Filters() {
  const t = useText(messages);
  return (
    <FilterBar label={t("title")}>
      <SearchField label={t("search")} />
      <FilterSelect name="role" label={t("role")} all={t("role.all")} options={ROLES.map((role) => [role, t(`role.${role}`)])} />
      <FilterSelect
        name="is_active"
        label={t("access")}
        all={t("access.all")}
        options={[
          ["true", t("access.on")],
          ["false", t("access.off")],
        ]}
      />
      <OrganisationFilter />
    </FilterBar>
  );
}

function OrganisationFilter() {
  const t = useText(messages);
  const [number, set] = useFilter("organisation");
  const { data: chosen } = useQuery({ ...organisationQuery(number), enabled: number !== "" });
  const option = number === "" ? null : organisationOption(chosen ?? { number, name: number });
  return (
    <Picker
      isFilter
      name="organisation"
      label={t("organisation")}
      source={organisations()}
      value={option}
      onChange={(next) => set(next?.id ?? "")}
      className="max-sm:flex-1"
    />
  );
}

function useColumns(): Column<User>[] {
  const t = useText(messages);
  const format = useFormat();
  return [
    { id: "name", head: t("name"), cell: (user) => <Named name={user.name} note={<span className="md:hidden">{user.email}</span>} /> },
    { id: "email", head: t("email"), cell: (user) => <span className="break-all text-muted">{user.email}</span>, from: "md" },
    { id: "role", head: t("role"), cell: (user) => <RoleAndStanding user={user} /> },
    { id: "standing", head: t("access"), cell: (user) => <ShortStanding user={user} />, from: "sm" },
    { id: "created", head: t("since"), cell: (user) => <time>{format.date(user.created_at)}</time>, from: "xl", atEnd: true },
  ];
}

/** Narrow screens have no column for who cannot come in. */
function RoleAndStanding({ user }: { user: User }) {
  return (
    <>
      <RoleName role={user.role} />
      {!isIn(user) && (
        <span className="mt-1 block sm:hidden">
          <Standing user={user} />
        </span>
      )}
    </>
  );
}
