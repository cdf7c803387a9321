/** A status: always colour, icon and word. */
import {
  CheckCheck,
  CircleCheck,
  CircleDot,
  CircleHelp,
  CircleMinus,
  CircleX,
  Inbox,
  type LucideIcon,
  Scale,
  Search,
  Undo2,
} from "lucide-react";
import { roleOf, useMe } from "@/api/session";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Standing, standingOf } from "./standing";

const HUES = {
  waiting: "bg-waiting-tint text-waiting",
  review: "bg-review-tint text-review",
  positive: "bg-positive-tint text-positive",
  negative: "bg-negative-tint text-negative",
  disputed: "bg-disputed-tint text-disputed",
  closed: "bg-closed-tint text-closed",
};
type Looks = [keyof typeof HUES, LucideIcon];

const BY_STANDING: Record<string, Looks> = {
  approved: ["positive", CircleCheck],
  "approved.part": ["positive", CircleDot],
  rejected: ["negative", CircleX],
  claim_approved: ["positive", CircleCheck],
  "claim_approved.part": ["positive", CircleDot],
  claim_denial: ["negative", CircleX],
  "completed.paid": ["closed", CheckCheck],
  "completed.withdrawn": ["closed", Undo2],
};
// What an operator's own workflow has, too.
const BY_GROUP: Record<string, Looks> = {
  intake: ["review", Inbox],
  waiting: ["waiting", CircleHelp],
  answered: ["review", Inbox],
  review: ["review", Search],
  decided: ["closed", CircleDot],
  disputed: ["disputed", Scale],
  closed: ["closed", CircleMinus],
};
const UNKNOWN: Looks = ["closed", CircleDot];

export function StatusBadge({ claim, className }: { claim: Standing; className?: string }) {
  const standing = standingOf(claim);
  const say = useStatusWords();
  const [hue, Icon] = BY_STANDING[standing] ?? BY_GROUP[claim.status_group] ?? UNKNOWN;
  return (
    <span
      className={cx(
        "inline-flex max-w-full shrink-0 items-center gap-1.5 rounded-full py-0.5 ps-2 pe-2.5 text-sm font-medium whitespace-nowrap",
        HUES[hue],
        className,
      )}
    >
      <Icon className="size-4" aria-hidden />
      <span className="truncate">{say(claim.status, standing)}</span>
    </span>
  );
}

/** What a status is called by the reader's side: a claimant's "Query to answer" is a query with the hospital for staff. */
export function useStatusWords(): (status: string, standing?: string) => string {
  const t = useText(messages);
  const isStaff = ["claim_processor", "admin", "auditor"].includes(roleOf(useMe()));
  return (status, standing = status) => {
    const common = t.of(`status.${standing}`, status.replaceAll("_", " "));
    return isStaff ? t.of(`staff.${standing}`, common) : common;
  };
}
