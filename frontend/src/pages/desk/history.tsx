/** Everything that happened to the claim, the newest first; what only staff know of is marked, and kept off paper. */
import { Lock } from "lucide-react";
import { useState } from "react";
import type { HistoryItem, Place } from "@/api/queries";
import MarkedPlaces from "@/claims/marked";
import { marksAsked } from "@/claims/place";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { isInternal, useEventTitle } from "./event-title";
import { messages } from "./messages";
import { type StaffClaim, useHistory } from "./queries";
import { LookLog } from "./look-log";
import { ToldLog } from "./told-log";

const FILTERS = ["all", "moves", "documents", "talk", "internal"] as const;
export type Filter = (typeof FILTERS)[number];

export function isOf(filter: Filter, event: Pick<HistoryItem, "type" | "action">): boolean {
  if (filter === "all") return true;
  if (filter === "moves") return event.action !== null;
  if (filter === "documents") return event.type.startsWith("claim_document");
  if (filter === "talk") return event.type === "claim_message" || event.type === "claim_note";
  return isInternal(event);
}

interface HistoryProps {
  claim: StaffClaim;
  onShowPlace: (place: Place) => void;
}

export function History({ claim, onShowPlace }: HistoryProps) {
  const t = useText(messages);
  const [filter, setFilter] = useState<Filter>("all");
  const history = useHistory(claim.claim_number) ?? [];
  const shown = history.filter((event) => isOf(filter, event)).toReversed();
  return (
    <>
      <div role="group" aria-label={t("history.filter")} className="no-print flex flex-wrap gap-1.5">
        {FILTERS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={filter === each}
            className={cx("h-8 cursor-pointer rounded-full border px-3", filter === each ? "border-brand bg-brand-tint text-brand" : "border-line hover:bg-sunken")}
            onClick={() => setFilter(each)}
          >
            {t(`history.${each}`)}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p className="text-muted">{t("history.none")}</p>}
      <ol className="flex flex-col">
        {shown.map((event) => (
          <Event key={event.id} event={event} claim={claim} onShowPlace={onShowPlace} />
        ))}
      </ol>
      <ToldLog claim={claim} />
      <LookLog claim={claim} />
    </>
  );
}

function Event({ event, claim, onShowPlace }: HistoryProps & { event: HistoryItem }) {
  const t = useText(messages);
  const format = useFormat();
  const titleOf = useEventTitle(claim);
  const isOurs = isInternal(event);
  const isMove = event.action !== null;
  const dot = isOurs ? "border-dashed border-control bg-sunken" : isMove ? "border-brand bg-brand" : "border-control bg-surface";
  return (
    <li className={cx("group relative flex gap-3 pb-4 last:pb-0", isOurs && "no-print")}>
      <span className="absolute start-[5px] top-3 h-full w-0.5 bg-line group-last:hidden" aria-hidden />
      <span className={cx("relative mt-1 size-3 shrink-0 rounded-full border-2", dot)} aria-hidden />
      <div className={cx("min-w-0 flex-1", isOurs && "rounded-control border border-dashed border-control bg-sunken px-2.5 py-1.5")}>
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span>
            <span className="font-semibold">{event.actor?.name}</span> · <span className={cx(isMove && "font-semibold")}>{titleOf(event)}</span>
          </span>
          <time dateTime={event.at} title={format.time(event.at)} className="text-xs text-muted">
            {format.time(event.at)}
          </time>
        </p>
        {isOurs && (
          <p className="flex items-center gap-1 text-xs text-muted">
            <Lock className="size-3" aria-hidden />
            {t("history.onlyStaff")}
          </p>
        )}
        {Object.entries(event.texts).map(([name, text]) => text && <p key={name} className="mt-1 max-w-prose whitespace-pre-line">{text}</p>)}
        {isMove && <MarkedPlaces marks={marksAsked(claim, event.at)} documents={claim.documents} onShow={onShowPlace} />}
      </div>
    </li>
  );
}
