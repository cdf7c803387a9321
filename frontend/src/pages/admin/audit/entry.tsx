/** One event of the trail: what happened, by whom, to what; all that is recorded folds out. */
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { RoleName } from "../users/role-name";
import type { AuditEvent } from "../queries";
import { useEventName } from "./event-names";
import { messages } from "./messages";
import { dataLines } from "./data-lines";

export function Entry({ event }: { event: AuditEvent }) {
  const t = useText(messages);
  const name = useEventName();
  const format = useFormat();
  return (
    <li>
      <details className="group">
        <summary className="flex cursor-pointer list-none items-baseline gap-x-3 px-4 py-2.5 hover:bg-sunken">
          <ChevronRight className="size-4 shrink-0 self-center text-muted group-open:rotate-90" aria-hidden />
          <span className="grid min-w-0 flex-1 gap-x-6 sm:grid-cols-[10.5rem_1fr] lg:grid-cols-[10.5rem_1fr_1fr_1fr]">
            <time className="text-muted">{format.time(event.occurred_at)}</time>
            <span className="font-medium">{name(event.type)}</span>
            <span className="flex min-w-0 flex-wrap gap-x-4 sm:col-start-2 lg:contents">
              <span>{event.actor?.name ?? t("system")}</span>
              <span className="text-muted">{event.claim_number ?? t.of(`about.${event.subject_kind}`, event.subject_kind)}</span>
            </span>
          </span>
        </summary>
        <Recorded event={event} />
      </details>
    </li>
  );
}

function Recorded({ event }: { event: AuditEvent }) {
  const t = useText(messages);
  const { actor } = event;
  return (
    <dl className="grid gap-x-6 gap-y-1.5 border-t border-line bg-ground px-4 py-3 ps-11 sm:grid-cols-[10.5rem_1fr]">
      <Item name={t("subject")}>
        <Subject event={event} />
      </Item>
      {actor && (
        <Item name={t("who")}>
          <span className="flex flex-wrap gap-x-4">
            <span>{actor.name}</span>
            {actor.role && <RoleName role={actor.role} />}
            <span className="break-all">{actor.email}</span>
          </span>
        </Item>
      )}
      {dataLines(event.data).map(([name, value]) => (
        <Item key={name} name={name.replaceAll("_", " ")}>
          {value}
        </Item>
      ))}
      {Object.entries(event.texts).map(([name, text]) => (
        <Item key={name} name={name.replaceAll("_", " ")}>
          {text ?? <em className="text-muted">{t("erased")}</em>}
        </Item>
      ))}
      <Item name={t("seq")}>{event.seq}</Item>
      <Item name={t("hash")} isCode>
        {event.hash}
      </Item>
      <Item name={t("prevHash")} isCode>
        {event.prev_hash}
      </Item>
      <Item name={t("id")} isCode>
        {event.id}
      </Item>
      {event.request_id && (
        <Item name={t("requestId")} isCode>
          {event.request_id}
        </Item>
      )}
    </dl>
  );
}

function Item({ name, isCode = false, children }: { name: string; isCode?: boolean; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted first-letter:uppercase">{name}</dt>
      <dd className={isCode ? "-mt-1.5 min-w-0 font-mono text-xs break-all sm:mt-0" : "-mt-1.5 min-w-0 sm:mt-0"}>{children}</dd>
    </>
  );
}

const PAGES: Record<string, string> = { user: "/admin/users", organisation: "/admin/organisations", policy: "/admin/policies", webhook: "/admin/webhooks" };

/** A link to its page where it has one, and the rest of its trail. */
function Subject({ event }: { event: AuditEvent }) {
  const t = useText(messages);
  const { subject_kind: kind, subject_id: id, claim_number: number } = event;
  const page = kind === "claim" && number ? `/claims/${number}` : PAGES[kind] && `${PAGES[kind]}/${id}`;
  return (
    <span className="flex flex-wrap gap-x-4">
      {page ? (
        <Link to={page} className="text-brand hover:underline">
          {number ?? t.of(`about.${kind}`, kind)}
        </Link>
      ) : (
        t.of(`about.${kind}`, kind)
      )}
      <Link to={`/admin/audit?subject_kind=${kind}&subject_id=${id}`} className="text-brand hover:underline">
        {t("chain")}
      </Link>
    </span>
  );
}
