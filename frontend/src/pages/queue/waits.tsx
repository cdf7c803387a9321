/** How long a claim has waited, and for whom; where an answer is due, until when. */
import { useDue } from "@/claims/due";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useAge } from "./age";
import { messages } from "./messages";
import type { Row } from "./queries";

export function Waits({ row: { waits_for: who, due_at: due, since } }: { row: Row }) {
  const t = useText(messages);
  const format = useFormat();
  const age = useAge();
  if (due) return <Due due={due} />;
  if (!who) return <span className="text-muted">–</span>;
  const words = t(`waits.${who}`, { time: format.time(since) });
  return (
    <time dateTime={since} title={words} className={cx("whitespace-nowrap", who === "filer" && "text-muted")}>
      {age(since)}
    </time>
  );
}

function Due({ due }: { due: string }) {
  const format = useFormat();
  const { text, isLate, isSoon } = useDue(due);
  return (
    <time dateTime={due} title={format.moment(due)} className={cx("font-medium whitespace-nowrap", isLate ? "text-negative" : isSoon && "text-waiting")}>
      {text}
    </time>
  );
}
