/** A notification in a list: the whole line leads to its claim, and reads it. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Ago } from "@/components/ago";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import type { Notice } from "@/live/inbox";
import { useMark } from "@/live/marks";
import { messages } from "./messages";
import { NoticeIcon } from "./notice-icon";
import { placeOf } from "./notice-place";
import { useNoticeWords } from "./notice-words";

interface NoticeLineProps {
  notice: Notice;
  onOpen?: () => void;
  /** What else it says below its message. */
  more?: ReactNode;
  /** What one can do with it; above the link that the line is. */
  actions?: ReactNode;
}

export function NoticeLine({ notice, onOpen, more, actions }: NoticeLineProps) {
  const t = useText(messages);
  const { title, message } = useNoticeWords()(notice);
  const { mutate } = useMark();
  const isUnread = notice.read_at === null;
  const open = () => {
    if (isUnread) mutate({ notice, mark: "read" });
    onOpen?.();
  };
  return (
    <li
      className={cx(
        "relative flex gap-3 border-s-4 px-3 py-3 sm:px-4",
        isUnread ? "border-s-brand bg-brand-tint/45" : "border-s-transparent",
        notice.link && "hover:bg-sunken",
      )}
    >
      <NoticeIcon notice={notice} />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline justify-between gap-3">
          <NoticeLink notice={notice} onClick={open} className={isUnread ? "font-semibold" : "font-medium"}>
            {isUnread && <span className="sr-only">{t("notice.unread")} </span>}
            {title}
          </NoticeLink>
          <Ago at={notice.created_at} className="relative shrink-0 text-xs text-muted" />
        </p>
        <p className="text-sm text-muted">
          <Unbroken text={message} number={notice.claim_id} />
        </p>
        {more}
      </div>
      {actions && <div className="relative -my-1 -me-1 flex shrink-0">{actions}</div>}
    </li>
  );
}

/** A number does not end at the end of a line and begin again on the next. */
function Unbroken({ text, number }: { text: string; number: string | null }) {
  const [before = "", after] = number ? text.split(number, 2) : [text];
  if (after === undefined) return text;
  return (
    <>
      {before}
      <span className="whitespace-nowrap">{number}</span>
      {after}
    </>
  );
}

/** What concerns a claim of another system leads nowhere here. */
function NoticeLink({ notice, className, children, onClick }: { notice: Notice; className: string; children: ReactNode; onClick: () => void }) {
  const shape = cx("min-w-0", className);
  const place = placeOf(notice);
  if (place === null) return <span className={shape}>{children}</span>;
  return (
    <Link to={place} onClick={onClick} className={cx(shape, "after:absolute after:inset-0")}>
      {children}
    </Link>
  );
}
