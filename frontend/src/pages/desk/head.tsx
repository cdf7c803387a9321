/** Where the claim stands, in one look: number, status, amounts, whom it waits for and since when, and who works on it. */
import { ArrowLeft, ArrowRight, ChevronDown, ChevronUp, Printer } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { StatusBadge } from "@/claims/status-badge";
import { CopyButton } from "@/components/copy";
import { cx } from "@/components/cx";
import { Heading } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { ShortcutHelp } from "@/keyboard/help";
import { useShortcuts } from "@/keyboard/shortcuts";
import { Assignment } from "./assignment";
import { messages } from "./messages";
import { usePlace } from "./place";
import type { StaffClaim } from "./queries";
import { Tool } from "./viewer/toolbar";
import { useWaiting } from "./waiting";

export function Head({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  return (
    <header className="flex shrink-0 flex-col gap-2 border-b border-line bg-surface px-4 py-2.5 sm:px-6 print:border-0 print:px-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Back number={claim.claim_number} />
        <div className="flex items-center">
          <Heading className="text-lg whitespace-nowrap select-all">{claim.claim_number}</Heading>
          <span className="no-print -my-2">
            <CopyButton text={claim.claim_number} />
          </span>
        </div>
        <StatusBadge claim={claim} />
        <span className="flex-1" />
        <span className="no-print flex items-center gap-1">
          <Neighbours number={claim.claim_number} />
          <Tool label={t("print")} onClick={() => window.print()} className="max-sm:hidden">
            <Printer className="size-5" aria-hidden />
          </Tool>
          <ShortcutHelp />
        </span>
      </div>
      <Standing claim={claim} />
    </header>
  );
}

function Back({ number }: { number: string }) {
  const t = useText(messages);
  const { list } = usePlace(number);
  return (
    <Link to={list} className="no-print -ms-1.5 flex h-8 items-center gap-1.5 rounded-control px-1.5 text-brand hover:bg-brand-tint">
      <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden />
      {t("back")}
    </Link>
  );
}

/** The claims before and after it in the list it was opened from. */
function Neighbours({ number }: { number: string }) {
  const t = useText(messages);
  const format = useFormat();
  const navigate = useNavigate();
  const { state } = useLocation();
  const { before, after, at, of } = usePlace(number);
  const go = (to: string | undefined) => () => void (to && navigate(`/claims/${to}`, { state }));
  const group = t("keys.queue");
  useShortcuts([
    { keys: "j", label: t("next"), run: go(after), when: after !== undefined, group },
    { keys: "k", label: t("previous"), run: go(before), when: before !== undefined, group },
  ]);
  if (!at) return null;
  return (
    <>
      <span className="text-muted tabular-nums max-sm:hidden">{t("place", { at: format.number(at), of: format.number(of) })}</span>
      <Tool label={t("previous")} aria-keyshortcuts="k" disabled={!before} onClick={go(before)}>
        <ChevronUp className="size-5" aria-hidden />
      </Tool>
      <Tool label={t("next")} aria-keyshortcuts="j" disabled={!after} onClick={go(after)}>
        <ChevronDown className="size-5" aria-hidden />
      </Tool>
    </>
  );
}

function Standing({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const says = useWaiting(claim);
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <Fact name={t(claim.hospital ? "patient" : "claimant")}>{claim.person_name}</Fact>
      <Fact name={t(claim.hospital ? "hospital" : "payer")}>{claim.hospital?.name ?? claim.payer.name}</Fact>
      <Amounts claim={claim} />
      {says && (
        <Fact name={says.name}>
          <span className={cx(says.isLate && "text-negative")}>{says.text}</span>
        </Fact>
      )}
      <Fact name={t("assignee")} className="no-print">
        <Assignment claim={claim} />
      </Fact>
    </dl>
  );
}

function Amounts({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const claimed = format.amount(claim.claim_amount, claim.currency);
  const approved = claim.approved_amount && format.amount(claim.approved_amount, claim.currency);
  return (
    <Fact name={t(approved ? "claimedApproved" : "claimed")}>
      <span className="flex items-center gap-1.5 whitespace-nowrap tabular-nums">
        <span className={cx(approved && "font-normal text-muted")}>{claimed}</span>
        {approved && (
          <>
            <ArrowRight className="size-3.5 text-muted rtl:-scale-x-100" aria-hidden />
            <span>{approved}</span>
          </>
        )}
      </span>
    </Fact>
  );
}

function Fact({ name, className, children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <div className={cx("min-w-0", className)}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="font-semibold">{children}</dd>
    </div>
  );
}
