/** The views of the queue with their counts; beside the table on a desk, a line to be pushed along on a phone. */
import { useQuery } from "@tanstack/react-query";
import {
  CheckCheck,
  CircleDashed,
  Hourglass,
  Inbox,
  Layers,
  ListTodo,
  type LucideIcon,
  Reply,
  Scale,
  UserRound,
} from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { isAwaited } from "@/api/queries";
import { useStatusWords } from "@/claims/status-badge";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { VIEW_NAMES, type ViewName, changed, viewLink, viewOf } from "./address";
import { KeptViews } from "./kept";
import { type Counted, type Counts, statusesOf, total } from "./counting";
import { messages } from "./messages";
import { countQueries } from "./queries";

const ICONS: Record<ViewName, LucideIcon> = {
  todo: ListTodo,
  mine: UserRound,
  nobodys: CircleDashed,
  review: Inbox,
  answered: Reply,
  disputed: Scale,
  waiting: Hourglass,
  decided: CheckCheck,
  all: Layers,
};

export function useCounts(): Counts {
  const all = useQuery(countQueries.all).data?.items;
  const mine = useQuery(countQueries.mine).data?.items;
  const nobodys = useQuery(countQueries.nobodys).data?.items;
  return { all, mine, nobodys };
}

export function Rail({ counts }: { counts: Counts }) {
  const t = useText(messages);
  const [search] = useSearchParams();
  const workflow = search.get("workflow") ?? "";
  // What the chosen view is made of stands below it: links that were there before would be pushed away from under the pointer.
  const isUnknown = [useQuery(countQueries.all), useQuery(countQueries.mine), useQuery(countQueries.nobodys)].some(isAwaited);
  return (
    <nav aria-label={t("views")} className="-mx-4 overflow-x-auto px-4 py-1 sm:-mx-6 sm:px-6 min-[72rem]:sticky min-[72rem]:top-18 min-[72rem]:mx-0 min-[72rem]:max-h-[calc(100dvh-5rem)] min-[72rem]:overflow-x-visible min-[72rem]:overflow-y-auto min-[72rem]:p-0">
      <ul className={cx("flex w-max gap-1 min-[72rem]:w-auto min-[72rem]:flex-col", isUnknown && "invisible")}>
        {VIEW_NAMES.map((name) => (
          <View key={name} name={name} statuses={statusesOf(name, counts, workflow)} />
        ))}
        <KeptViews />
      </ul>
    </nav>
  );
}

function View({ name, statuses }: { name: ViewName; statuses: Counted[] | undefined }) {
  const t = useText(messages);
  const format = useFormat();
  const [search] = useSearchParams();
  const isChosen = viewOf(search) === name;
  const Icon = ICONS[name];
  const count = total(statuses);
  return (
    <li className={cx(name === "review" && "min-[72rem]:mt-3 min-[72rem]:border-t min-[72rem]:border-line min-[72rem]:pt-3")}>
      <Link
        to={viewLink(name, search)}
        aria-current={isChosen ? "page" : undefined}
        className={cx(
          "flex h-9 items-center gap-2 rounded-control px-2.5 whitespace-nowrap min-[72rem]:pe-3",
          isChosen ? "bg-brand-tint font-semibold text-brand" : "text-ink hover:bg-sunken",
        )}
      >
        <Icon className={cx("size-4 shrink-0", !isChosen && "text-muted")} aria-hidden />
        {t(`view.${name}`)}
        <data className={cx("ms-auto min-w-6 text-end tabular-nums", !isChosen && "text-muted")}>
          {count === undefined ? "" : format.number(count)}
        </data>
      </Link>
      {isChosen && <Statuses statuses={statuses ?? []} />}
    </li>
  );
}

/** What the chosen view is made of. */
function Statuses({ statuses }: { statuses: Counted[] }) {
  const say = useStatusWords();
  const format = useFormat();
  const [search] = useSearchParams();
  if (statuses.length < 2) return null;
  return (
    <ul className="ms-4.5 border-s border-line py-1 ps-2 max-[72rem]:hidden">
      {statuses.map(({ workflow, status, count }) => {
        const isChosen = search.get("status") === status;
        return (
          <li key={workflow + status}>
            <Link
              to={`?${changed(search, "status", isChosen ? "" : status)}`}
              aria-current={isChosen ? "true" : undefined}
              className={cx(
                "flex min-h-7 items-center gap-2 rounded-control px-2 py-1 text-xs",
                isChosen ? "bg-sunken font-semibold text-ink" : "text-muted hover:bg-sunken hover:text-ink",
              )}
            >
              {say(status)}
              <data className="ms-auto">{format.number(count)}</data>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
