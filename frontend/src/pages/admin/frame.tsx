/** The frame of administration: its parts in a rail at the side, on a phone in a line on top. */
import { useQuery } from "@tanstack/react-query";
import { Building2, FileText, History, type LucideIcon, Send, Users, Webhook, Workflow } from "lucide-react";
import { Suspense, useEffect, useRef } from "react";
import { NavLink, Outlet, useLocation } from "react-router";
import { Problem } from "@/api/problem";
import { roleOf, useMe } from "@/api/session";
import { cx } from "@/components/cx";
import { Failed, WindowTitle } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { ErrorBoundary } from "@/shell/failures";
import { ContentSkeleton } from "@/shell/page-skeleton";
import { messages } from "./messages";
import "./problems";
import { channelsQuery } from "./queries";

type Part = "users" | "organisations" | "policies" | "deliveries" | "webhooks" | "workflows" | "audit";
const GROUPS: { label: "people" | "operation"; parts: [Part, LucideIcon][] }[] = [
  { label: "people", parts: [["users", Users], ["organisations", Building2], ["policies", FileText]] },
  { label: "operation", parts: [["deliveries", Send], ["webhooks", Webhook], ["workflows", Workflow], ["audit", History]] },
];

export default function AdminFrame() {
  const t = useText(messages);
  const role = roleOf(useMe());
  const { pathname } = useLocation();
  if (role !== "admin" && role !== "auditor") {
    return (
      <div className="mx-auto max-w-2xl px-4 py-10">
        <WindowTitle>{t("title")}</WindowTitle>
        <Failed level="h1" error={new Problem(403, { code: "role_not_allowed" })} />
      </div>
    );
  }
  return (
    <div className="lg:flex">
      <Rail />
      <div className="min-w-0 flex-1">
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<ContentSkeleton />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  );
}

function Rail() {
  const t = useText(messages);
  const shown = useLocation().pathname.split("/")[2] ?? "";
  const rail = useRef<HTMLElement>(null);
  // On a phone the line is longer than the screen.
  useEffect(() => {
    rail.current?.querySelector(`a[href$="/admin/${shown}"]`)?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [shown]);
  return (
    <nav
      ref={rail}
      aria-label={t("title")}
      className={cx(
        "no-print relative flex gap-1 overflow-x-auto border-b border-line bg-surface px-4 py-2 text-sm",
        "lg:sticky lg:top-14 lg:h-[calc(100dvh-3.5rem)] lg:w-56 lg:shrink-0 lg:flex-col lg:gap-6 lg:overflow-y-auto",
        "lg:border-e lg:border-b-0 lg:px-3 lg:py-6",
      )}
    >
      {GROUPS.map(({ label, parts }) => (
        <div key={label} className="contents lg:block">
          <p id={`rail-${label}`} className="mb-1 px-3 text-xs font-semibold text-muted max-lg:sr-only">
            {t(label)}
          </p>
          <ul aria-labelledby={`rail-${label}`} className="flex gap-1 lg:flex-col">
            {parts.map(([part, icon]) => (
              <PartLink key={part} part={part} icon={icon} />
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function PartLink({ part, icon: Icon }: { part: Part; icon: LucideIcon }) {
  const t = useText(messages);
  return (
    <li>
      <NavLink
        to={`/admin/${part}`}
        className={({ isActive }) =>
          cx(
            "flex min-h-10 items-center gap-2.5 rounded-control px-3 font-medium whitespace-nowrap",
            isActive ? "bg-brand-tint text-brand" : "text-ink hover:bg-sunken",
          )
        }
      >
        <Icon className="size-4.5 shrink-0" aria-hidden />
        {t(part)}
        {part === "deliveries" && <DeadCount />}
      </NavLink>
    </li>
  );
}

/** How many messages were given up, wherever one is in administration. */
function DeadCount() {
  const t = useText(messages);
  const format = useFormat();
  const { data: channels = [] } = useQuery(channelsQuery);
  const dead = channels.reduce((sum, channel) => sum + channel.dead, 0);
  if (dead === 0) return null;
  return (
    <span className="ms-auto rounded-full bg-negative-tint px-2 text-xs font-semibold text-negative">
      <data value={dead} aria-hidden>
        {format.number(dead)}
      </data>
      <span className="sr-only">{t("dead", { count: dead })}</span>
    </span>
  );
}
