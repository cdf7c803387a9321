/** All notifications, grouped by claim; which ones stands in the address. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive, BellRing, CheckCheck, Inbox, type LucideIcon, MailCheck, Settings2 } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { roleOf, useMe } from "@/api/session";
import { Button, LinkButton } from "@/components/button";
import { cx } from "@/components/cx";
import { More } from "@/components/more";
import { Empty, Failed, Page, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { capped, inboxQuery } from "@/live/inbox";
import { useBadge, useLookingAt } from "@/live/looked-at";
import { useReadAll } from "@/live/marks";
import { ClaimNotices } from "./claim-notices";
import { grouped } from "./groups";
import { messages } from "./messages";
import { FILTERS, type Tab, tabOf, tabsOf } from "./tabs";

export default function NotificationsPage() {
  const t = useText(messages);
  const [search] = useSearchParams();
  const role = roleOf(useMe());
  const tab = tabOf(search.get("show"), role);
  useLookingAt();
  return (
    <Page title={t("title")} width={role === "policyholder" ? "text" : "desk"}>
      <div className="flex max-w-3xl flex-col gap-5">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 sm:border-b sm:border-line">
          <Tabs shown={tab} />
          <Actions />
        </div>
        <List key={tab} tab={tab} />
      </div>
    </Page>
  );
}

function Actions() {
  const t = useText(messages);
  const { unread } = useBadge();
  const { mutate, isPending } = useReadAll();
  return (
    <div className="flex flex-wrap gap-1 max-sm:-mx-3">
      {unread > 0 && (
        <Button variant="quiet" size="small" busy={isPending} icon={<CheckCheck className="size-4" aria-hidden />} onClick={() => mutate()}>
          {t("readAll")}
        </Button>
      )}
      <LinkButton to="/account" variant="quiet" size="small" icon={<Settings2 className="size-4" aria-hidden />}>
        {t("preferences")}
      </LinkButton>
    </div>
  );
}

function Tabs({ shown }: { shown: Tab }) {
  const t = useText(messages);
  const { unread } = useBadge();
  return (
    <nav aria-label={t("views")} className="-mx-4 overflow-x-auto px-4 max-sm:w-screen sm:mx-0 sm:px-0">
      <ul className="flex w-max min-w-full gap-2 border-line max-sm:border-b sm:gap-4">
        {tabsOf(roleOf(useMe())).map((tab) => (
          <li key={tab}>
            <Link
              to={tab === "all" ? "?" : `?show=${tab}`}
              replace
              aria-current={tab === shown ? "true" : undefined}
              className={cx(
                "-mb-px flex h-11 items-center gap-2 border-b-2 px-2 font-medium whitespace-nowrap",
                tab === shown ? "border-brand text-ink" : "border-transparent text-muted hover:text-ink",
              )}
            >
              {t(`tab.${tab}`)}
              {tab === "unread" && unread > 0 && (
                <data value={unread} className="min-w-6 rounded-full bg-brand-tint px-1.5 text-center text-sm text-brand">
                  {capped(unread)}
                </data>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const NOTHING: Record<Tab, LucideIcon> = { all: BellRing, unread: MailCheck, act: Inbox, archived: Archive };

function List({ tab }: { tab: Tab }) {
  const t = useText(messages);
  const query = useInfiniteQuery(inboxQuery(FILTERS[tab]));
  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonList rows={5} row="h-28" />;
  const groups = grouped(query.data.pages.flatMap(({ items }) => items));
  if (groups.length === 0 && !query.hasNextPage) {
    return (
      <Empty icon={NOTHING[tab]} title={t(`none.${tab}`)}>
        {t(`none.${tab}.text`)}
      </Empty>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      {groups.map((group) => (
        <ClaimNotices key={group.id} group={group} />
      ))}
      <More query={query} />
    </div>
  );
}
