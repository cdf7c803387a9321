/** One user: who they are, what they may, where they work, and what admins do about it. */
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useParams } from "react-router";
import { Section } from "@/components/card";
import { LinkButton } from "@/components/button";
import { Failed, Page, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { BackHeading } from "../parts/back";
import { Fact, Facts } from "../parts/facts";
import { useMayAct } from "../parts/rights";
import { type User, levelsQuery, userQuery } from "../queries";
import { Access } from "./access";
import { Assignments } from "./assignments";
import { EditDetails } from "./details";
import { messages } from "./messages";
import { RoleName } from "./role-name";
import { ChangeRole } from "./role";
import { assignedKinds } from "./roles";

export default function UserPage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const { data: user, error, refetch } = useQuery(userQuery(id));
  if (error && !user) return <Page title={t("title")} width="desk"><Failed error={error} retry={() => void refetch()} /></Page>;
  if (!user) return <Page title={t("title")} width="desk"><SkeletonList rows={3} row="h-32" /></Page>;
  return (
    <Page
      title={user.name}
      width="desk"
      heading={<BackHeading to="/admin/users" list={t("title")}>{user.name}</BackHeading>}
    >
      <div className="grid max-w-5xl gap-8 xl:grid-cols-2">
        <div className="flex flex-col gap-8">
          <Details user={user} />
          <Access user={user} />
        </div>
        <div className="flex flex-col gap-8">
          {assignedKinds(user.role).length > 0 && <Assignments user={user} />}
          <Trail user={user} />
        </div>
      </div>
    </Page>
  );
}

function Details({ user }: { user: User }) {
  const t = useText(messages);
  const format = useFormat();
  const mayAct = useMayAct();
  return (
    <Section id="details" title={t("details")}>
      <Facts>
        <Fact name={t("email")}>
          <span className="break-all">{user.email}</span>
        </Fact>
        <Fact name={t("role")}>
          <RoleName role={user.role} />
        </Fact>
        {assignedKinds(user.role).includes("payer") && <LimitFact level={user.level} />}
        <Fact name={t("externalUid")}>{user.external_uid}</Fact>
        <Fact name={t("since")}>{format.date(user.created_at)}</Fact>
      </Facts>
      {mayAct && (
        <div className="flex flex-wrap gap-3">
          <EditDetails user={user} />
          <ChangeRole user={user} />
        </div>
      )}
    </Section>
  );
}

function LimitFact({ level }: { level: number }) {
  const t = useText(messages);
  const format = useFormat();
  const { data: levels } = useQuery(levelsQuery);
  const found = levels?.find((each) => each.level === level);
  if (!found) return null;
  const limit = found.approval_limit === null ? t("limit.none") : format.amount(found.approval_limit, found.currency);
  return <Fact name={t("limit")}>{limit}</Fact>;
}

function Trail({ user }: { user: User }) {
  const t = useText(messages);
  const words = useText(shared);
  const icon = <History className="size-4" aria-hidden />;
  return (
    <Section id="trail" title={words("audit")}>
      <div className="flex flex-wrap gap-3">
        <LinkButton to={`/admin/audit?subject_kind=user&subject_id=${user.id}`} variant="secondary" size="small" icon={icon}>
          {t("trail.about")}
        </LinkButton>
        <LinkButton to={`/admin/audit?actor_id=${user.id}`} variant="secondary" size="small" icon={icon}>
          {t("trail.by")}
        </LinkButton>
      </div>
    </Section>
  );
}
