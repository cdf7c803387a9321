/** The picture of what a notification tells, in the hue of the status that the claim got by it. */
import {
  Bell,
  CheckCheck,
  CircleCheck,
  CircleHelp,
  CircleX,
  Inbox,
  type LucideIcon,
  MessageSquare,
  Scale,
  Search,
  ShieldAlert,
  ShieldCheck,
  Undo2,
  UserCheck,
  Webhook,
} from "lucide-react";
import type { Schema } from "@/api/client";
import { cx } from "@/components/cx";

type Looks = [LucideIcon, string];

const WAITING = "bg-waiting-tint text-waiting";
const REVIEW = "bg-review-tint text-review";
const POSITIVE = "bg-positive-tint text-positive";
const NEGATIVE = "bg-negative-tint text-negative";
const PLAIN = "bg-brand-tint text-brand";

const BY_EVENT: Record<string, Looks> = {
  claim_message: [MessageSquare, PLAIN],
  claim_assigned: [UserCheck, PLAIN],
  webhook_failing: [Webhook, WAITING],
  webhook_disabled: [Webhook, NEGATIVE],
  login_burst: [ShieldAlert, WAITING],
  refresh_replayed: [ShieldAlert, NEGATIVE],
  not_found_sweep: [ShieldAlert, WAITING],
  audit_check_failed: [ShieldAlert, NEGATIVE],
  document_check_failed: [ShieldAlert, NEGATIVE],
};
const BY_STATUS: Record<string, Looks> = {
  pending: [Inbox, REVIEW],
  under_review: [Search, REVIEW],
  approved: [CircleCheck, POSITIVE],
  rejected: [CircleX, NEGATIVE],
  completed: [CheckCheck, "bg-closed-tint text-closed"],
  qc_pending: [Inbox, REVIEW],
  qc_query: [CircleHelp, WAITING],
  qc_answered: [Inbox, REVIEW],
  need_more_info: [CircleHelp, WAITING],
  need_more_info_submitted: [Inbox, REVIEW],
  qc_clear: [ShieldCheck, REVIEW],
  claim_approved: [CircleCheck, POSITIVE],
  claim_denial: [CircleX, NEGATIVE],
  claim_contested: [Scale, "bg-disputed-tint text-disputed"],
};
const BY_TITLE: Record<string, Looks> = {
  "Claim Withdrawn": [Undo2, "bg-closed-tint text-closed"],
  "Appeal Received": [Scale, "bg-disputed-tint text-disputed"],
};
const UNKNOWN: Looks = [Bell, PLAIN];

export function NoticeIcon({ notice }: { notice: Schema<"NotificationOut"> }) {
  const { event_type: type, title, metadata } = notice;
  const [Icon, hue] = BY_EVENT[type] ?? BY_TITLE[title] ?? BY_STATUS[String(metadata.status)] ?? UNKNOWN;
  return (
    <span className={cx("flex size-9 shrink-0 items-center justify-center rounded-full", hue)}>
      <Icon className="size-4.5" aria-hidden />
    </span>
  );
}
