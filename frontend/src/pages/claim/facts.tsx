/** What the claimant said when filing. */
import type { ReactNode } from "react";
import type { Claim } from "@/api/queries";
import { Card, Section } from "@/components/card";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { usePolicy } from "./about";
import { messages } from "./messages";

export function Facts({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const format = useFormat();
  const policy = usePolicy(claim);
  return (
    <Section id="facts" title={t("facts.title")}>
      <Card>
        <dl className="flex flex-col gap-3">
          <Fact name={t("facts.what")}>
            <span className="whitespace-pre-line">{claim.description}</span>
          </Fact>
          <Fact name={t("facts.day")}>{format.day(claim.incident_date)}</Fact>
          {policy && (
            <Fact name={t("facts.policy")}>
              {policy.payer.name} · <span className="whitespace-nowrap">{policy.policy_number}</span>
            </Fact>
          )}
        </dl>
      </Card>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
