/** What was asked of the hospital, round by round, and what it answered. */
import { CornerDownRight, FileText } from "lucide-react";
import type { Place } from "@/api/queries";
import MarkedPlaces from "@/claims/marked";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as deciding } from "./deciding/messages";
import { messages } from "./messages";
import type { Query, StaffClaim } from "./queries";
import { isPast } from "./waiting";

interface AskedProps {
  claim: StaffClaim;
  onShow: (document: string) => void;
  onShowPlace: (place: Place) => void;
}

export function Asked({ claim, onShow, onShowPlace }: AskedProps) {
  const t = useText(messages);
  if (claim.queries.length === 0) return <p className="text-muted">{t("queries.none")}</p>;
  return (
    <ol className="flex flex-col gap-3">
      {claim.queries.toReversed().map((query) => (
        <li key={query.id} className="rounded-surface border border-line bg-surface">
          <Question query={query} claim={claim} onShowPlace={onShowPlace} />
          <Answer query={query} claim={claim} onShow={onShow} />
        </li>
      ))}
    </ol>
  );
}

function Question({ query, claim, onShowPlace }: Omit<AskedProps, "onShow"> & { query: Query }) {
  const t = useText(messages);
  const says = useText(deciding);
  const format = useFormat();
  const { kind, round, category, items, remarks, raised_by: by, raised_at: at } = query;
  return (
    <div className="flex flex-col gap-1.5 p-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-sm">
          {t(`queries.${kind}`, { round: format.number(round) })}
          {category && <span className="font-normal text-muted"> · {says.of(`category.${category}`, category)}</span>}
        </h3>
        <Due query={query} />
      </div>
      <p className="text-xs text-muted">
        {by.name} · <time dateTime={at}>{format.time(at)}</time>
      </p>
      <p className={cx("max-w-prose whitespace-pre-line", remarks === null && "text-muted italic")}>{remarks ?? t("erased")}</p>
      {items.length > 0 && (
        <ol className="list-decimal ps-5">
          {items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ol>
      )}
      <MarkedPlaces marks={query.marks} documents={claim.documents} onShow={onShowPlace} />
    </div>
  );
}

function Due({ query: { due_at: due, answered_at: answered } }: { query: Query }) {
  const t = useText(messages);
  const format = useFormat();
  if (answered) return <span className="text-xs text-positive">{t("queries.answered")}</span>;
  if (!due) return <span className="text-xs text-waiting">{t("queries.open")}</span>;
  const isLate = isPast(due);
  return (
    <time dateTime={due} className={cx("text-xs", isLate ? "font-semibold text-negative" : "text-waiting")}>
      {t(isLate ? "overdue" : "due", { time: format.time(due), ago: format.ago(due) })}
    </time>
  );
}

function Answer({ query, claim, onShow }: { query: Query; claim: StaffClaim; onShow: (document: string) => void }) {
  const t = useText(messages);
  const format = useFormat();
  const { answered_at: at, answered_by: by, answer, document_ids: ids } = query;
  if (!at) return null;
  const documents = claim.documents.filter(({ id }) => ids.includes(id));
  return (
    <div className="flex gap-2 border-t border-line bg-ground p-3">
      <CornerDownRight className="mt-0.5 size-4 shrink-0 text-muted rtl:-scale-x-100" aria-hidden />
      <div className="flex min-w-0 flex-col items-start gap-1.5">
        <p className="text-xs text-muted">
          {by?.name} · <time dateTime={at}>{format.time(at)}</time>
        </p>
        <p className={cx("max-w-prose whitespace-pre-line", answer === null && "text-muted italic")}>{answer ?? t("erased")}</p>
        {documents.map(({ id, file_name: name }) => (
          <button key={id} type="button" className="flex cursor-pointer items-center gap-1.5 rounded-control text-brand hover:underline" onClick={() => onShow(id)}>
            <FileText className="size-4 shrink-0" aria-hidden />
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}
