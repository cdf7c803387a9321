/** What was told about one claim: the newest few, the others when asked for. */
import { Archive, ChevronDown, Mail, MailOpen } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { NoticeLine } from "@/claims/notice-line";
import { useText } from "@/i18n/text";
import type { Notice } from "@/live/inbox";
import { type Mark, useMark } from "@/live/marks";
import { messages as live } from "@/live/messages";
import type { Group } from "./groups";
import { messages } from "./messages";

const FEW = 3;
/** Texts written to be told. */
const TEXTS = ["remarks", "rejection_reason", "status_notes", "query_response", "response", "contest_reason"];

export function ClaimNotices({ group: { id, number, isClaim, place, notices } }: { group: Group }) {
  const t = useText(messages);
  const [isWhole, setWhole] = useState(false);
  // One alone is not worth a press.
  const shown = isWhole || notices.length === FEW + 1 ? notices : notices.slice(0, FEW);
  const more = notices.length - shown.length;
  const name = number ?? t(isClaim ? "elsewhere" : "operation");
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <h2 id={id} className="text-sm font-semibold text-muted">
        {place ? (
          <Link to={place} className="rounded-control hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
      </h2>
      <div className="overflow-hidden rounded-surface border border-line bg-surface">
        <ul className="divide-y divide-line">
          {shown.map((notice) => (
            <NoticeLine key={notice.id} notice={notice} more={<Text notice={notice} />} actions={<Actions notice={notice} />} />
          ))}
        </ul>
        {more > 0 && (
          <button
            type="button"
            className="flex min-h-10 w-full cursor-pointer items-center justify-center gap-1.5 border-t border-line text-sm font-medium text-brand hover:bg-sunken"
            onClick={() => setWhole(true)}
          >
            <ChevronDown className="size-4" aria-hidden />
            {t("older", { count: more })}
          </button>
        )}
      </div>
    </section>
  );
}

function Text({ notice: { metadata } }: { notice: Notice }) {
  const text = TEXTS.map((name) => metadata[name]).find((said) => typeof said === "string" && said !== "");
  if (!text) return null;
  return <p className="mt-1 line-clamp-2 border-s-2 border-line ps-2 text-sm">{String(text)}</p>;
}

function Actions({ notice }: { notice: Notice }) {
  const isUnread = notice.read_at === null;
  if (notice.archived_at) return null;
  return (
    <div className="flex max-sm:flex-col">
      <MarkButton notice={notice} mark={isUnread ? "read" : "unread"} />
      <MarkButton notice={notice} mark="archive" />
    </div>
  );
}

const ICONS = { read: MailOpen, unread: Mail, archive: Archive };
const WORDS = { read: "markRead", unread: "markUnread", archive: "archive" } as const;

function MarkButton({ notice, mark }: { notice: Notice; mark: Mark }) {
  const t = useText(live);
  const { mutate } = useMark();
  const Icon = ICONS[mark];
  return (
    <button
      type="button"
      title={t(WORDS[mark])}
      data-mark={mark === "archive" ? "archive" : "read"}
      className="flex size-9 cursor-pointer items-center justify-center rounded-control text-muted hover:bg-brand-tint hover:text-brand sm:size-10"
      onClick={({ currentTarget }) => {
        const next = neighbourOf(currentTarget);
        mutate({ notice, mark });
        // The line may go, and the focus must not go with it.
        requestAnimationFrame(() => currentTarget.isConnected || next?.focus());
      }}
    >
      <Icon className="size-4.5" aria-hidden />
      <span className="sr-only">{t(WORDS[mark])}</span>
    </button>
  );
}

/** The same button of the next line, or of the one before, or the page's heading. */
function neighbourOf(button: HTMLElement): HTMLElement | null | undefined {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-mark=${button.dataset.mark}]`)];
  const place = all.indexOf(button);
  return all[place + 1] ?? all[place - 1] ?? document.querySelector<HTMLElement>("h1");
}
