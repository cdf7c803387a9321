/** The frame of a page's content: title of the window, heading, width; and the ways a page can be without content. */
import { FileSearch, LockKeyhole, type LucideIcon, SearchX, TriangleAlert } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { type Problem, asProblem } from "@/api/problem";
import { useText } from "@/i18n/text";
import { capped, headQuery } from "@/live/inbox";
import { Button, LinkButton } from "./button";
import { cx } from "./cx";
import { messages } from "./messages";
import { useProblemText } from "./problem-text";

const WIDTHS = { text: "max-w-2xl", wide: "", desk: "", form: "max-w-5xl" };
// Desks use the whole window, and text in a size of which much can be seen at once.
const AROUND = { text: "max-w-5xl sm:py-10", wide: "max-w-5xl sm:py-10", desk: "text-sm", form: "text-sm" };

interface PageProps {
  title: string;
  /** Stands in place of the title's own heading; must hold an element with `ref`'s role as the page's h1. */
  heading?: ReactNode;
  intro?: ReactNode;
  actions?: ReactNode;
  width?: keyof typeof WIDTHS;
  children: ReactNode;
}

/** Every page is one of these: it names the window and takes the focus when it is come to. */
export function Page({ title, heading, intro, actions, width = "wide", children }: PageProps) {
  return (
    <div className={cx("mx-auto flex w-full flex-col px-4 py-6 sm:px-6", AROUND[width])}>
      <div className={cx("flex flex-col gap-6", WIDTHS[width])}>
        <header className="flex flex-wrap items-end justify-between gap-4">
          <div className="flex min-w-0 flex-col gap-1">
            {heading ?? <Heading>{title}</Heading>}
            {intro && <p className="max-w-2xl text-muted">{intro}</p>}
          </div>
          {actions}
        </header>
        <WindowTitle>{title}</WindowTitle>
        {children}
      </div>
    </div>
  );
}

/** The name of the window, with how many notifications are unread: to be seen on its tab. */
export function WindowTitle({ children }: { children: string }) {
  const { data: head } = useQuery({ ...headQuery, enabled: false });
  const unread = head?.unread ? `(${capped(head.unread)}) ` : "";
  return <title>{`${unread}${children} · Insurenz`}</title>;
}

/** The h1. It takes the focus when the page was come to from another, so that screen readers begin there. */
export function Heading({ children, className = "text-xl sm:text-2xl" }: { children: ReactNode; className?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasNavigated()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}

/** On the first page the browser reads from the top; only later ones are announced by focus. */
function hasNavigated(): boolean {
  return Boolean((window.history.state as { idx?: number } | null)?.idx);
}

interface StateProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** "h1" where it is the whole page. */
  level?: "h1" | "h2";
}

/** A drawn state: what is (not) here, why, and what to do. */
export function State({ icon: Icon, title, children, action, level: Title = "h2" }: StateProps) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-surface border border-dashed border-line px-6 py-12 text-center">
      <span className="flex size-12 items-center justify-center rounded-full bg-sunken text-muted">
        <Icon className="size-6" aria-hidden />
      </span>
      <Title className="text-lg">{title}</Title>
      {children && <div className="max-w-md text-balance text-muted">{children}</div>}
      {action}
    </div>
  );
}

export function Empty({ title, icon = FileSearch, ...rest }: Omit<StateProps, "icon"> & { icon?: LucideIcon }) {
  return <State icon={icon} title={title} {...rest} />;
}

interface FailedProps {
  error: unknown;
  retry?: () => void;
  level?: "h1" | "h2";
}

/** What a failed read looks like: missing, not allowed, or broken with a way to try again. */
export function Failed({ error, retry, level = "h2" }: FailedProps) {
  const t = useText(messages);
  const say = useProblemText();
  const problem = asProblem(error);
  const [icon, title] = described(problem, t);
  const again = retry && (problem.isPassing || problem.code === "unknown") && <Button onClick={retry}>{t("retry")}</Button>;
  const home = (
    <LinkButton to="/" variant="secondary">
      {t("toHome")}
    </LinkButton>
  );
  return (
    <State icon={icon} title={title} level={level} action={again || home}>
      <p>{say(problem)}</p>
      {problem.requestId && problem.status >= 500 && <p className="mt-1 text-sm">{t("requestId", { id: problem.requestId })}</p>}
    </State>
  );
}

function described(problem: Problem, t: (key: "missing.title" | "noRights.title" | "failed.title") => string): [LucideIcon, string] {
  if (problem.status === 404) return [SearchX, t("missing.title")];
  if (problem.status === 403) return [LockKeyhole, t("noRights.title")];
  return [TriangleAlert, t("failed.title")];
}

/** A grey block in the size of what is loading. */
export function Skeleton({ className }: { className: string }) {
  return <div className={cx("skeleton", className)} aria-hidden />;
}

/** A stack of lines in place of a list; says so to screen readers. */
export function SkeletonList({ rows = 4, row = "h-18" }: { rows?: number; row?: string }) {
  const t = useText(messages);
  return (
    <div role="status" className="flex flex-col gap-3">
      <span className="sr-only">{t("loading")}</span>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className={row} />
      ))}
    </div>
  );
}
