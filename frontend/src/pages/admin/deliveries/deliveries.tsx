/** The delivery log: what leaves the house, how it went, what was given up; admins send again and pause. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { Section } from "@/components/card";
import { cx } from "@/components/cx";
import { Failed, Page, Skeleton } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { FilterSelect, Nothing, useAsked } from "../parts/filters";
import { Paged } from "../parts/paged";
import { type Channel, type DeliveryFilters, channelsQuery, deliveriesQuery } from "../queries";
import { ChannelCard } from "./channel";
import { Line } from "./line";
import { messages } from "./messages";
import { Suppressed } from "./suppressed";

const STATES = ["dead", "due", "delivered", "cancelled", "all"] as const;
type Shown = (typeof STATES)[number];
const WATCH_MS = 15_000;

export default function DeliveriesPage() {
  const t = useText(messages);
  const channels = useQuery(channelsQuery);
  return (
    <Page title={t("title")} width="desk" intro={t("intro")}>
      <Section id="channels" title={t("channels")}>
        {channels.error && !channels.data && <Failed error={channels.error} retry={() => void channels.refetch()} />}
        <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
          {!channels.data && !channels.error && <Skeleton className="h-40" />}
          {channels.data?.filter(isInUse).map((channel) => <ChannelCard key={channel.channel} channel={channel} />)}
        </div>
        <NotSetUp channels={channels.data?.filter((channel) => !isInUse(channel)) ?? []} />
      </Section>
      <Section id="suppressed" title={t("suppressed")}>
        <Suppressed />
      </Section>
      <Section id="log" title={t("log")}>
        {channels.data && <Log channels={channels.data} />}
      </Section>
    </Page>
  );
}

/** Set up, or with something to be done about it. */
function isInUse({ is_configured, is_paused, due, waiting, dead }: Channel): boolean {
  return is_configured || is_paused || due + waiting + dead > 0;
}

function NotSetUp({ channels }: { channels: Channel[] }) {
  const t = useText(messages);
  const names = channels.map(({ channel }) => t.of(`channel.${channel}`, channel)).join(", ");
  return names ? <p className="text-sm text-muted">{t("notSetUp", { names })}</p> : null;
}

/** What was given up comes first: until another choice is made, that is what is shown where there is some. */
function Log({ channels }: { channels: Channel[] }) {
  const t = useText(messages);
  const dead = channels.reduce((sum, channel) => sum + channel.dead, 0);
  const open = channels.reduce((sum, channel) => sum + channel.due + channel.waiting, 0);
  const { state, ...others } = useAsked(["state", "channel", "event_id", "user_id"]);
  const shown = STATES.find((each) => each === state) ?? (dead > 0 ? "dead" : "all");
  const filters = (shown === "all" ? others : { ...others, state: shown }) as DeliveryFilters;
  const list = useInfiniteQuery({ ...deliveriesQuery(filters), refetchInterval: WATCH_MS });
  const isNarrowed = Object.keys(others).length > 0;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <States shown={shown} counts={{ dead, due: open }} />
        {channels.length > 1 && (
          <FilterSelect
            name="channel"
            label={t("channel")}
            all={t("channel.all")}
            options={channels.map(({ channel }) => [channel, t.of(`channel.${channel}`, channel)])}
          />
        )}
      </div>
      <Paged list={list} row="h-18" empty={<Nothing isFiltered={isNarrowed} title={t("none")}>{t(`none.${shown}`)}</Nothing>}>
        {(rows) => (
          <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
            {rows.map((delivery) => (
              <Line key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        )}
      </Paged>
    </div>
  );
}

function States({ shown, counts }: { shown: Shown; counts: Partial<Record<Shown, number>> }) {
  const t = useText(messages);
  const format = useFormat();
  const [search] = useSearchParams();
  const to = (state: Shown) => {
    const next = new URLSearchParams(search);
    next.set("state", state);
    return `?${next}`;
  };
  return (
    <nav aria-label={t("state")} className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul className="flex w-max gap-2">
        {STATES.map((state) => (
          <li key={state}>
            <Link
              to={to(state)}
              replace
              aria-current={state === shown ? "true" : undefined}
              className={cx(
                "flex min-h-9 items-center gap-2 rounded-full border px-3.5 font-medium whitespace-nowrap",
                state === shown ? "border-brand bg-brand-tint text-brand" : "border-line bg-surface text-ink hover:border-control",
              )}
            >
              {t(`state.${state}`)}
              {counts[state] !== undefined && <data className="text-muted">{format.number(counts[state])}</data>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
