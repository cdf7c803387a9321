/** One webhook: how it stands, what it is, and what was sent to it with what was answered. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { Link, useParams } from "react-router";
import { LinkButton } from "@/components/button";
import { Section } from "@/components/card";
import { Empty, Failed, Page, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useEventName } from "../audit/event-names";
import { Line } from "../deliveries/line";
import { messages as shared } from "../messages";
import { BackHeading } from "../parts/back";
import { Fact, Facts } from "../parts/facts";
import { Paged } from "../parts/paged";
import { useMayAct } from "../parts/rights";
import { Delete, ReplayAll, SendTest, Switch } from "./acts";
import { EditWebhook } from "./edit";
import { messages } from "./messages";
import { type Webhook, attemptsQuery, webhookQuery } from "./queries";
import { RotateSecret } from "./rotate";
import { Standing, Warning } from "./standing";

export default function WebhookPage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const mayAct = useMayAct();
  const { data: webhook, error, refetch } = useQuery(webhookQuery(id));
  if (error && !webhook) return <Page title={t("title")} width="desk"><Failed error={error} retry={() => void refetch()} /></Page>;
  if (!webhook) return <Page title={t("title")} width="desk"><SkeletonList rows={3} row="h-32" /></Page>;
  const { name } = webhook.organisation;
  return (
    <Page
      title={name}
      width="desk"
      heading={<BackHeading to="/admin/webhooks" list={t("title")}>{name}</BackHeading>}
      actions={mayAct && <SendTest webhook={webhook} />}
    >
      <Warning webhook={webhook} />
      <div className="grid max-w-6xl gap-8 xl:grid-cols-2">
        <Details webhook={webhook} />
        <Log webhook={webhook} />
      </div>
    </Page>
  );
}

function Details({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const words = useText(shared);
  const format = useFormat();
  const { organisation, url, description, events, previous_secret_until: until, created_at: since } = webhook;
  return (
    <Section id="details" title={t("details")}>
      <Facts>
        <Fact name={words("status")}>
          <Standing webhook={webhook} />
        </Fact>
        <Fact name={t("url")}>
          <span className="break-all">{url}</span>
        </Fact>
        <Fact name={t("description")}>{description}</Fact>
        <Fact name={t("organisation")}>
          <Link to={`/admin/organisations/${organisation.number}`} className="text-brand hover:underline">
            {organisation.name}
          </Link>
        </Fact>
        <Fact name={t("events")}>{events.length > 0 ? <EventNames types={events} /> : t("events.all")}</Fact>
        <Fact name={t("secret")}>{until ? t("secret.both", { until: format.time(until) }) : t("secret.one")}</Fact>
        <Fact name={words("created")}>{format.date(since)}</Fact>
      </Facts>
      <Acts webhook={webhook} />
    </Section>
  );
}

function Acts({ webhook }: { webhook: Webhook }) {
  const words = useText(shared);
  const mayAct = useMayAct();
  return (
    <div className="flex flex-wrap gap-3">
      {mayAct && (
        <>
          <EditWebhook webhook={webhook} />
          <RotateSecret webhook={webhook} />
          <Switch webhook={webhook} />
          <Delete webhook={webhook} />
        </>
      )}
      <LinkButton
        to={`/admin/audit?subject_kind=webhook&subject_id=${webhook.id}`}
        variant="secondary"
        size="small"
        icon={<History className="size-4" aria-hidden />}
      >
        {words("trail")}
      </LinkButton>
    </div>
  );
}

function EventNames({ types }: { types: string[] }) {
  const name = useEventName();
  return (
    <ul className="flex flex-col gap-0.5">
      {types.map((type) => (
        <li key={type}>{name(type)}</li>
      ))}
    </ul>
  );
}

function Log({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const mayAct = useMayAct();
  const list = useInfiniteQuery(attemptsQuery(webhook.id));
  const hasDead = list.data?.pages.some(({ items }) => items.some(({ state }) => state === "dead"));
  return (
    <Section id="log" title={t("log")} aside={mayAct && webhook.is_active && hasDead && <ReplayAll webhook={webhook} />}>
      <Paged list={list} row="h-18" empty={<Empty title={t("log.none")}>{t("log.noneText")}</Empty>}>
        {(rows) => (
          <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
            {rows.map((delivery) => (
              <Line key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  );
}
