/** A message in the page: what happened or what matters here. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { useText } from "@/i18n/text";
import { Button } from "./button";
import { cx } from "./cx";
import { messages } from "./messages";
import { useProblemText } from "./problem-text";

const KINDS = {
  info: { icon: Info, box: "bg-brand-tint", ink: "text-brand" },
  done: { icon: CircleCheck, box: "bg-positive-tint", ink: "text-positive" },
  attention: { icon: TriangleAlert, box: "bg-waiting-tint", ink: "text-waiting" },
  error: { icon: CircleAlert, box: "bg-negative-tint", ink: "text-negative" },
};

interface NoticeProps {
  kind?: keyof typeof KINDS;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  /** Whether it came up after the page did and is to be read out. */
  live?: boolean;
}

export function Notice({ kind = "info", title, children, action, live = false }: NoticeProps) {
  const { icon: Icon, box, ink } = KINDS[kind];
  return (
    <div role={live ? "status" : undefined} className={cx("flex gap-3 rounded-surface p-4", box)}>
      <Icon className={cx("mt-0.5 size-5 shrink-0", ink)} aria-hidden />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          {title && <p className="font-semibold">{title}</p>}
          {children}
        </div>
        {action}
      </div>
    </div>
  );
}

/** A problem of something that was tried, in place. */
export function ProblemNotice({ error }: { error: unknown }) {
  const say = useProblemText();
  if (!error) return null;
  return (
    <Notice kind="error" live>
      {say(asProblem(error))}
    </Notice>
  );
}

/** Somebody else was faster (409), or what was shown is old (412, or it is known without having tried): nothing was changed, and how to go on. */
export function ConflictCard({ error, onReload }: { error?: unknown; onReload: () => void }) {
  const t = useText(messages);
  const say = useProblemText();
  const reload = (
    <Button variant="secondary" size="small" onClick={onReload}>
      {t("conflict.reload")}
    </Button>
  );
  return (
    <Notice kind="attention" live title={t("conflict.title")} action={reload}>
      {error !== undefined && error !== null && <p>{say(asProblem(error))}</p>}
      <p className="text-sm text-muted">{t("conflict.nothing")}</p>
    </Notice>
  );
}
