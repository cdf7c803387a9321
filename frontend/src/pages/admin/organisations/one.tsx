/** One hospital or payer: what it is, with whom it works, who works for it, what its people are told. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Link, useParams } from "react-router";
import { LinkButton } from "@/components/button";
import { Section } from "@/components/card";
import { Empty, Failed, Page, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { BackHeading } from "../parts/back";
import { Fact, Facts, OffMark } from "../parts/facts";
import { Paged } from "../parts/paged";
import { useMayAct } from "../parts/rights";
import { type Organisation, organisationQuery, organisationsQuery, usersQuery } from "../queries";
import { RoleName } from "../users/role-name";
import { Defaults } from "./defaults";
import { EditOrganisation } from "./edit";
import { messages } from "./messages";

export default function OrganisationPage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const { data: organisation, error, refetch } = useQuery(organisationQuery(id));
  if (error && !organisation) return <Page title={t("title")} width="desk"><Failed error={error} retry={() => void refetch()} /></Page>;
  if (!organisation) return <Page title={t("title")} width="desk"><SkeletonList rows={3} row="h-32" /></Page>;
  return (
    <Page
      title={organisation.name}
      width="desk"
      heading={<BackHeading to="/admin/organisations" list={t("title")}>{organisation.name}</BackHeading>}
    >
      <div className="grid max-w-5xl gap-8 xl:grid-cols-2">
        <div className="flex flex-col gap-8">
          <Details organisation={organisation} />
          <People number={organisation.number} />
        </div>
        <Defaults organisation={organisation} />
      </div>
    </Page>
  );
}

function Details({ organisation }: { organisation: Organisation }) {
  const t = useText(messages);
  const words = useText(shared);
  const format = useFormat();
  const mayAct = useMayAct();
  const { kind, number, is_active: isOpen, works_with: partners, created_at: since } = organisation;
  return (
    <Section id="details" title={t("details")}>
      <Facts>
        <Fact name={t("kind")}>{words(`kind.${kind}`)}</Fact>
        <Fact name={t("number")}>{number}</Fact>
        <Fact name={words("status")}>{isOpen ? words("open") : <OffMark>{words("closed")}</OffMark>}</Fact>
        <Fact name={t("worksWith")}>{partners.length > 0 && <Partners numbers={partners} />}</Fact>
        <Fact name={t("since")}>{format.date(since)}</Fact>
      </Facts>
      <div className="flex flex-wrap gap-3">
        {mayAct && <EditOrganisation organisation={organisation} />}
        <LinkButton
          to={`/admin/audit?subject_kind=organisation&subject_id=${organisation.id}`}
          variant="secondary"
          size="small"
          icon={<History className="size-4" aria-hidden />}
        >
          {words("trail")}
        </LinkButton>
      </div>
    </Section>
  );
}

/** By their names, as far as the directory's first page tells them. */
function Partners({ numbers }: { numbers: string[] }) {
  const { data } = useInfiniteQuery(organisationsQuery({ limit: 200 }));
  const names = new Map(data?.pages.flatMap(({ items }) => items.map(({ number, name }) => [number, name] as const)));
  return (
    <ul className="flex flex-col gap-1">
      {numbers.map((number) => (
        <li key={number}>
          <Link to={`/admin/organisations/${number}`} className="text-brand hover:underline">
            {names.get(number) ?? number}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function People({ number }: { number: string }) {
  const t = useText(messages);
  const list = useInfiniteQuery(usersQuery({ organisation: number, limit: 20 }));
  return (
    <Section id="people" title={t("people")}>
      <Paged list={list} empty={<Empty title={t("people.none")}>{t("people.noneText")}</Empty>}>
        {(rows) => (
          <ul className="divide-y divide-line rounded-surface border border-line bg-surface">
            {rows.map((user) => (
              <li key={user.id} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2.5">
                <Link to={`/admin/users/${user.id}`} className="font-medium hover:underline">
                  {user.name}
                </Link>
                <span className="text-muted">
                  <RoleName role={user.role} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  );
}
