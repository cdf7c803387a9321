/** The answers as they will be sent. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { type Policy, workflowQuery } from "@/api/queries";
import { useSlotName } from "@/claims/asked";
import { messages as claimMessages } from "@/claims/messages";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { FileRow } from "@/uploads/file-row";
import type { PickedFile } from "@/uploads/upload-list";
import type { Answers } from "@/drafts/answers";
import { amountOf } from "@/drafts/money";
import { uploads } from "./draft";
import { messages } from "./messages";
import { CHANGE, usePlace } from "./places";

interface SummaryProps {
  policy: Policy;
  answers: Answers;
  files: readonly PickedFile[];
}

export function Summary({ policy, answers, files }: SummaryProps) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const format = useFormat();
  const { data: workflow } = useQuery(workflowQuery("retail"));
  const slotName = useSlotName(workflow?.documents[policy.type]);
  return (
    <dl className="divide-y divide-line rounded-surface border border-line bg-surface">
      <Answered name={t("check.policy")} page="policy">
        {t("policy.type", { type: says.of(`type.${policy.type}`, policy.type) })}
        <span className="block text-sm text-muted">
          {policy.payer.name} · <span className="whitespace-nowrap">{policy.policy_number}</span>
        </span>
      </Answered>
      <Answered name={t("check.when")} page="when">
        {format.longDay(answers.incidentDate)}
      </Answered>
      <Answered name={t("check.what")} page="what">
        <span className="whitespace-pre-line">{answers.description}</span>
      </Answered>
      <Answered name={t("check.amount")} page="amount">
        <data className="text-lg font-semibold">{format.amount(amountOf(answers.amount) ?? "0", policy.currency)}</data>
      </Answered>
      <Answered name={t("check.documents")} page="documents">
        {files.length === 0 && <span className="text-muted">{t("check.noDocuments")}</span>}
        <ul className="divide-y divide-line">
          {files.map((picked) => (
            <FileRow key={picked.id} picked={picked} list={uploads} what={slotName(picked.slot)} />
          ))}
        </ul>
      </Answered>
    </dl>
  );
}

function Answered({ name, page, children }: { name: string; page: string; children: ReactNode }) {
  const t = useText(messages);
  const place = usePlace();
  return (
    <div className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 p-4">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="text-sm">
        <Link
          to={place(page)}
          state={CHANGE}
          aria-label={t("check.changeNamed", { what: name })}
          className="text-brand underline underline-offset-4"
        >
          {t("check.change")}
        </Link>
      </dd>
      <dd className="col-span-2 min-w-0">{children}</dd>
    </div>
  );
}
