/** All parts of the claim with how far each is, to be done in any order. Where one goes on with a claim begun earlier. */
import { Check, ChevronRight, Circle, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Policy } from "@/api/queries";
import { messages as claimMessages } from "@/claims/messages";
import { Button, LinkButton } from "@/components/button";
import { cx } from "@/components/cx";
import { Discard } from "@/drafts/discard";
import { type Part, PARTS } from "@/drafts/judge";
import { messages as draftMessages } from "@/drafts/messages";
import { amountOf } from "@/drafts/money";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useUploads } from "@/uploads/upload-list";
import { useChosenPolicy, useOpenParts } from "./chosen";
import { keeper, uploads, useAnswers, useDraft } from "./draft";
import { messages } from "./messages";
import { useMissingDocuments } from "./missing";
import { usePlace } from "./places";
import { QuestionHead } from "./question-head";

export default function PartsPage() {
  const t = useText(messages);
  const place = usePlace();
  const open = useOpenParts() ?? PARTS;
  const says = useSaid();
  const documents = useDocuments();
  const next = open[0] ?? (documents.isWhole ? "check" : "documents");
  return (
    <div className="flex flex-col gap-6">
      <QuestionHead
        title={t("parts.title")}
        hint={open.length > 0 ? t("parts.open", { count: open.length }) : t("parts.whole")}
      />
      <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
        {PARTS.map((part) => (
          <Row key={part} to={part} isDone={!open.includes(part)} isOff={part !== "policy" && open.includes("policy")} said={says[part]} />
        ))}
        <Row to="documents" isDone={documents.isWhole} isOff={open.includes("policy")} said={documents.said} />
        <Row to="check" isOff={open.length > 0} said={open.length > 0 ? t("parts.checkLater") : ""} />
      </ul>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <LinkButton to={place(next)} className="max-sm:w-full">
          {t(next === "check" ? "parts.check" : "parts.goOn")}
        </LinkButton>
        <DiscardButton />
      </div>
    </div>
  );
}

interface RowProps {
  to: Part | "documents" | "check";
  isDone?: boolean;
  isOff?: boolean;
  said: string;
}

function Row({ to, isDone = false, isOff = false, said }: RowProps) {
  const t = useText(messages);
  const place = usePlace();
  const Icon = isDone ? Check : Circle;
  const name = t(`parts.${to}`);
  return (
    <li className={cx("relative flex min-h-14 items-center gap-3 px-4 py-3", !isOff && "hover:bg-sunken")}>
      <span className={cx("flex size-6 shrink-0 items-center justify-center rounded-full", isDone ? "bg-brand text-on-brand" : "text-muted")}>
        <Icon className="size-4" strokeWidth={isDone ? 3 : 2} aria-hidden />
        <span className="sr-only">{t(isDone ? "parts.done" : "parts.todo")}</span>
      </span>
      <span className="min-w-0 flex-1">
        {isOff ? (
          <span className="text-muted">{name}</span>
        ) : (
          <Link to={place(to)} className="font-semibold after:absolute after:inset-0">
            {name}
          </Link>
        )}
        {said && <span className="line-clamp-2 text-sm text-muted">{said}</span>}
      </span>
      {!isOff && <ChevronRight className="size-5 shrink-0 text-muted rtl:-scale-x-100" aria-hidden />}
    </li>
  );
}

/** What was answered, in a line. */
function useSaid(): Record<Part, string> {
  const says = useText(claimMessages);
  const format = useFormat();
  const policy = useChosenPolicy();
  const { incidentDate, description, amount } = useAnswers();
  const sum = amountOf(amount);
  return {
    policy: policy ? named(policy, says.of(`type.${policy.type}`, policy.type)) : "",
    when: /^\d{4}-\d{2}-\d{2}$/.test(incidentDate) ? format.longDay(incidentDate) : incidentDate,
    what: description,
    amount: sum && policy ? format.amount(sum, policy.currency) : amount,
  };
}

function named(policy: Policy, type: string): string {
  return `${policy.policy_number} · ${type} · ${policy.payer.name}`;
}

/** How many files there are, and what is asked for and missing. */
function useDocuments(): { isWhole: boolean; said: string } {
  const t = useText(messages);
  const files = useUploads(uploads);
  const missing = useMissingDocuments(files);
  const count = files.filter(({ state }) => state === "done").length;
  const added = count > 0 ? t("parts.added", { count }) : "";
  const lacks = missing.length > 0 ? t("parts.missing", { documents: missing.join(", ") }) : "";
  return { isWhole: count > 0 && missing.length === 0, said: [added, lacks].filter(Boolean).join(" ") };
}

function DiscardButton() {
  const t = useText(draftMessages);
  const navigate = useNavigate();
  const { id } = useDraft();
  const [isAsking, setAsking] = useState(false);
  const leave = () => {
    keeper.forget();
    void navigate("/");
  };
  return (
    <>
      <Button variant="quiet" className="max-sm:w-full" icon={<Trash2 className="size-4" aria-hidden />} onClick={() => setAsking(true)}>
        {t("discard")}
      </Button>
      {isAsking && <Discard id={id} onClose={() => setAsking(false)} onDone={leave} />}
    </>
  );
}
