/** What happened to one's claims and was not read yet: decisions and messages, the newest of each claim. */
import { useQuery } from "@tanstack/react-query";
import { CheckCheck, ChevronRight, CircleCheck, CircleX, type LucideIcon, MessageSquare } from "lucide-react";
import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { type Me, useMe } from "@/api/session";
import { Section } from "@/components/card";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { unreadQuery } from "@/live/inbox";
import { messages } from "./messages";

type Notification = Schema<"NotificationOut">;

const MOST = 4;
const DAYS = 30;
const DECISIONS: Record<string, [LucideIcon, string]> = {
  approved: [CircleCheck, "text-positive"],
  rejected: [CircleX, "text-negative"],
  completed: [CheckCheck, "text-closed"],
};
const MESSAGE: [LucideIcon, string] = [MessageSquare, "text-brand"];

/** `isQuiet`: something else needs the reader, so that nothing is said when there are no news. */
export function News({ isQuiet }: { isQuiet: boolean }) {
  const t = useText(messages);
  const me = useMe();
  const { data: unread } = useQuery(unreadQuery());
  // It adds to the page; without it the rest is still of use.
  if (!unread) return null;
  const news = newsOf(unread, me);
  if (news.length === 0 && isQuiet) return null;
  if (news.length === 0) {
    return (
      <p className="flex items-center gap-3 rounded-surface bg-sunken px-4 py-3 text-muted">
        <CircleCheck className="size-5 shrink-0 text-positive" aria-hidden />
        {t("news.none")}
      </p>
    );
  }
  return (
    <Section id="news" title={t("news.title")}>
      <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
        {news.slice(0, MOST).map((item) => (
          <NewsLine key={item.id} item={item} />
        ))}
      </ul>
    </Section>
  );
}

function NewsLine({ item }: { item: Notification }) {
  const t = useText(messages);
  const format = useFormat();
  const isMessage = item.event_type === "claim_message";
  const [Icon, colour] = (isMessage ? undefined : DECISIONS[String(item.metadata.status)]) ?? MESSAGE;
  const title = isMessage
    ? t("news.message", { name: item.triggered_by.actor_name ?? "" })
    : t.of(`news.${item.title}`, item.title);
  return (
    <li className="relative flex items-center gap-3 border-s-4 border-s-brand px-4 py-3 hover:bg-sunken">
      <Icon className={cx("size-5 shrink-0", colour)} aria-hidden />
      <div className="min-w-0 flex-1">
        <Link to={`/claims/${item.claim_id}`} className="font-semibold after:absolute after:inset-0">
          {title}
        </Link>
        <p className="text-sm text-muted">
          <span className="whitespace-nowrap max-sm:block">{item.claim_id}</span>
          <span className="max-sm:hidden"> · </span>
          <time dateTime={item.created_at} title={format.time(item.created_at)} className="whitespace-nowrap">{format.ago(item.created_at)}</time>
        </p>
      </div>
      <ChevronRight className="size-5 shrink-0 text-muted rtl:-scale-x-100" aria-hidden />
    </li>
  );
}

/** Receipts of one's own acts are no news, nor what is old, nor what a later event of the same claim has overtaken. */
function newsOf(unread: Notification[], me: Me): Notification[] {
  const since = Date.now() - DAYS * 24 * 60 * 60 * 1000;
  const newest = new Map<string, Notification>();
  for (const item of unread) {
    if (item.claim_id && !newest.has(item.claim_id)) newest.set(item.claim_id, item);
  }
  return [...newest.values()].filter(
    ({ event_type: type, metadata, triggered_by: by, created_at: at }) =>
      Date.parse(at) > since &&
      by.actor_id !== me.id && (type === "claim_message" || String(metadata.status) in DECISIONS),
  );
}
