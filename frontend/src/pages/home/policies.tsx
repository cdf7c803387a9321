/** One's policies, each with what is left of its cover. */
import { useQuery } from "@tanstack/react-query";
import { type Policy, policiesQuery } from "@/api/queries";
import { messages as claimMessages } from "@/claims/messages";
import { TypeIcon } from "@/claims/type-icon";
import { Card } from "@/components/card";
import { Empty, Failed, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function Policies() {
  const t = useText(messages);
  const { data: policies, error, refetch } = useQuery(policiesQuery);
  if (error && !policies) return <Failed error={error} retry={() => void refetch()} />;
  if (!policies) return <SkeletonList rows={2} row="h-32" />;
  if (policies.length === 0) return <Empty title={t("policies.none")}>{t("policies.noneText")}</Empty>;
  const past = policies.filter(({ status }) => status === "ended");
  return (
    <div className="flex flex-col gap-3">
      {policies
        .filter(({ status }) => status !== "ended")
        .map((policy) => (
          <PolicyCard key={policy.id} policy={policy} />
        ))}
      {past.length > 0 && (
        <details className="group">
          <summary className="cursor-pointer rounded-control text-brand underline underline-offset-4">
            {t("policies.past", { count: past.length })}
          </summary>
          <div className="mt-3 flex flex-col gap-3">
            {past.map((policy) => (
              <PolicyCard key={policy.id} policy={policy} />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

function PolicyCard({ policy }: { policy: Policy }) {
  const t = useText(messages);
  const type = useText(claimMessages).of(`type.${policy.type}`, policy.type);
  const format = useFormat();
  return (
    <Card className="flex flex-col gap-3">
      <div className="flex gap-3">
        <TypeIcon type={policy.type} />
        <div className="min-w-0">
          <h3 className="text-base">{t("policies.type", { type })}</h3>
          <p className="text-sm text-muted">
            <span className="block">{policy.payer.name}</span>
            {policy.policy_number}
          </p>
        </div>
      </div>
      {policy.status === "active" && <CoverLeft policy={policy} />}
      <p className="text-sm text-muted">{t(`policies.${period(policy)}`, { date: format.day(periodEnd(policy)) })}</p>
    </Card>
  );
}

/** The words stand beside the bar, so that it need not be read out. */
export function CoverLeft({ policy }: { policy: Policy }) {
  const t = useText(messages);
  const format = useFormat();
  const share = Math.min(100, (Number(policy.cover_left) / Number(policy.cover_amount)) * 100);
  const amounts = {
    left: format.amount(policy.cover_left, policy.currency),
    cover: format.amount(policy.cover_amount, policy.currency),
  };
  return (
    <div className="flex flex-col gap-1.5">
      <div className="h-2 overflow-hidden rounded-full bg-sunken" aria-hidden>
        <div className="h-full rounded-full bg-brand" style={{ width: `${share}%` }} />
      </div>
      <p className="text-sm font-medium">{t("policies.left", amounts)}</p>
    </div>
  );
}

function period({ status, start_date: start }: Policy): "ended" | "from" | "until" {
  if (status === "ended") return "ended";
  return Date.parse(start) > Date.now() ? "from" : "until";
}

function periodEnd(policy: Policy): string {
  return period(policy) === "from" ? policy.start_date : policy.end_date;
}
