/** The plain line of progress: received, checks, review, decision, paid; with the days on which they were reached. */
import { useQuery } from "@tanstack/react-query";
import { Check, Minus, X } from "lucide-react";
import { type Claim, historyQuery } from "@/api/queries";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type State, type Step, stepsOf } from "./steps";

export function Progress({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const { data: history } = useQuery(historyQuery(claim.claim_number));
  if (claim.workflow !== "retail") return null;
  return (
    <section aria-label={t("progress.title")}>
      <ol className="flex">
        {stepsOf(claim, history ?? []).map((step, index) => (
          <StepMark key={step.name} step={step} isFirst={index === 0} />
        ))}
      </ol>
    </section>
  );
}

const MARKS: Record<State, string> = {
  done: "border-brand bg-brand text-on-brand",
  now: "border-brand bg-surface text-brand ring-4 ring-brand-tint",
  ahead: "border-line bg-surface text-muted",
  refused: "border-negative bg-negative text-surface",
  no: "border-line bg-sunken text-muted",
};

function StepMark({ step: { name, state, at }, isFirst }: { step: Step; isFirst: boolean }) {
  const t = useText(messages);
  const format = useFormat();
  const isReached = state === "done" || state === "now" || state === "refused";
  const said = { done: t("progress.done"), now: t("progress.now"), ahead: "", refused: t("progress.done"), no: t("progress.no") };
  return (
    <li className="relative flex min-w-0 flex-1 flex-col items-center gap-1.5 text-center" aria-current={state === "now" ? "step" : undefined}>
      {!isFirst && (
        <span className={cx("absolute end-1/2 top-3 h-0.5 w-full", isReached ? "bg-brand" : "bg-line")} aria-hidden />
      )}
      <span className={cx("relative z-10 flex size-6.5 items-center justify-center rounded-full border-2", MARKS[state])}>
        <MarkIcon state={state} />
      </span>
      <span className={cx("text-xs sm:text-sm", state === "now" ? "font-semibold" : isReached ? "" : "text-muted")}>
        {t(name === "paid" && state === "done" ? "progress.paid.done" : `progress.${name}`)}
        <span className="sr-only"> {said[state]}</span>
      </span>
      {at && <time className="text-xs text-muted" dateTime={at}>{format.shortDate(at)}</time>}
    </li>
  );
}

function MarkIcon({ state }: { state: State }) {
  if (state === "done") return <Check className="size-4" strokeWidth={3} aria-hidden />;
  if (state === "refused") return <X className="size-4" strokeWidth={3} aria-hidden />;
  if (state === "no") return <Minus className="size-4" aria-hidden />;
  return <span className={cx("size-2 rounded-full", state === "now" ? "bg-brand" : "bg-line")} aria-hidden />;
}
