/** One policy: what it covers, what is used of it, and how admins change it. */
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Link, useParams } from "react-router";
import { messages as claimMessages } from "@/claims/messages";
import { LinkButton } from "@/components/button";
import { Section } from "@/components/card";
import { Failed, Page, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { BackHeading } from "../parts/back";
import { Fact, Facts } from "../parts/facts";
import { useMayAct } from "../parts/rights";
import { type PolicyRecord, policyQuery } from "../queries";
import { ChangePolicy } from "./change";
import { messages } from "./messages";
import { PolicyStanding } from "./standing";

export default function PolicyPage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const { data: policy, error, refetch } = useQuery(policyQuery(id));
  if (error && !policy) return <Page title={t("title")} width="desk"><Failed error={error} retry={() => void refetch()} /></Page>;
  if (!policy) return <Page title={t("title")} width="desk"><SkeletonList rows={2} row="h-40" /></Page>;
  return (
    <Page
      title={policy.policy_number}
      width="desk"
      heading={<BackHeading to="/admin/policies" list={t("title")}>{policy.policy_number}</BackHeading>}
    >
      <div className="flex max-w-2xl flex-col gap-8">
        <Details policy={policy} />
        <Cover policy={policy} />
      </div>
    </Page>
  );
}

function Details({ policy }: { policy: PolicyRecord }) {
  const t = useText(messages);
  const words = useText(shared);
  const says = useText(claimMessages);
  const format = useFormat();
  const mayAct = useMayAct();
  return (
    <Section id="details" title={t("details")}>
      <Facts>
        <Fact name={t("holder")}>
          <Link to={`/admin/users/${policy.holder.id}`} className="text-brand hover:underline">
            {policy.holder.name}
          </Link>
        </Fact>
        <Fact name={t("payer")}>
          <Link to={`/admin/organisations/${policy.payer.number}`} className="text-brand hover:underline">
            {policy.payer.name}
          </Link>
        </Fact>
        <Fact name={t("type")}>{says(`type.${policy.type}`)}</Fact>
        <Fact name={words("status")}>
          <PolicyStanding status={policy.status} />
        </Fact>
        <Fact name={t("period")}>{t("fromTo", { from: format.day(policy.start_date), to: format.day(policy.end_date) })}</Fact>
        <Fact name={words("changed")}>{format.time(policy.updated_at)}</Fact>
      </Facts>
      <div className="flex flex-wrap gap-3">
        {mayAct && <ChangePolicy policy={policy} />}
        <LinkButton
          to={`/admin/audit?subject_kind=policy&subject_id=${policy.id}`}
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

function Cover({ policy }: { policy: PolicyRecord }) {
  const t = useText(messages);
  const format = useFormat();
  const { cover_amount: cover, cover_used: used, cover_left: left, currency } = policy;
  return (
    <Section id="cover" title={t("cover")}>
      <progress
        value={Number(used)}
        max={Number(cover)}
        aria-label={t("used")}
        className="h-2.5 w-full overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-brand [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-brand"
      />
      <dl className="grid grid-cols-3 gap-4">
        <Sum name={t("used")}>{format.amount(used, currency)}</Sum>
        <Sum name={t("left")}>{format.amount(left, currency)}</Sum>
        <Sum name={t("cover")}>{format.amount(cover, currency)}</Sum>
      </dl>
    </Section>
  );
}

function Sum({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt className="text-muted">{name}</dt>
      <dd className="text-base font-semibold">
        <data>{children}</data>
      </dd>
    </div>
  );
}
