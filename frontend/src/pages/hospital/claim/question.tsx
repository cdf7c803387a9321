/** A question of the payer's: who asks what, in which round, until when. */
import { DueMark } from "@/claims/due-mark";
import MarkedPlaces from "@/claims/marked";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { HospitalClaim } from "../queries";
import { messages } from "./messages";

export type Query = HospitalClaim["queries"][number];

/** The question that the claim waits with. */
export function openQuestion(claim: HospitalClaim): Query | undefined {
  return claim.status_group === "waiting" ? claim.queries.findLast(({ answered_at: at }) => at === null) : undefined;
}

/** What is written for an action, and for this question alone: the next one is another. */
export function keptName(claim: HospitalClaim, action: string): string {
  return [action, openQuestion(claim)?.id].filter(Boolean).join("/");
}

export function Question({ question, claim }: { question: Query; claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const title = useQueryTitle(question);
  const { raised_by: by, raised_at: at, remarks, due_at: due } = question;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="text-muted">
          {title} · {t("askedBy", { name: by.name, time: format.moment(at) })}
        </p>
        <blockquote className="mt-1 max-w-prose text-base whitespace-pre-line">{remarks ?? t("erased")}</blockquote>
        <MarkedPlaces marks={question.marks} documents={claim.documents} />
      </div>
      {due && <DueMark due={due} />}
    </div>
  );
}

/** "Query 2, documentation". */
export function useQueryTitle({ kind, round, category }: Query): string {
  const t = useText(messages);
  const name = t(kind === "query" ? "query.round" : "info.round", { round });
  return category ? `${name}, ${t.of(`category.${category}`, category)}` : name;
}
