/** What the claimant said when filing; while nobody has begun to look at it, they can correct it. */
import { type ReactNode, useState } from "react";
import type { Claim } from "@/api/queries";
import { Card, Section } from "@/components/card";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { usePolicy } from "./about";
import { CorrectButton } from "./correct-button";
import { Correct } from "./later";
import { messages } from "./messages";

export function Facts({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const policy = usePolicy(claim);
  const [isCorrecting, setCorrecting] = useState(false);
  const mayCorrect = policy && claim.changeable.includes("description");
  const aside = mayCorrect && !isCorrecting && <CorrectButton onPress={() => setCorrecting(true)} />;
  return (
    <Section id="facts" title={t("facts.title")} aside={aside}>
      {policy && isCorrecting ? <Correct claim={claim} policy={policy} onEnd={() => setCorrecting(false)} /> : <Said claim={claim} />}
    </Section>
  );
}

function Said({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const format = useFormat();
  const policy = usePolicy(claim);
  return (
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
