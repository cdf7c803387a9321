/** What the hospital said of the patient, in its own fields; until somebody begins to look at it, it can be corrected. */
import { Suspense, lazy, useState } from "react";
import { Card, Section } from "@/components/card";
import { Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { CorrectButton } from "@/pages/claim/correct-button";
import { NAMES } from "../fields";
import { messages as shared } from "../messages";
import type { HospitalClaim } from "../queries";
import { ValueText } from "../value-text";
import { messages } from "./messages";

// They stand in the head and among the amounts.
const ELSEWHERE = new Set(["patient_name", "claimed_amount", "payer_name"]);

const Correct = lazy(() => import("./correct"));

export function FormFacts({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const [isCorrecting, setCorrecting] = useState(false);
  const mayCorrect = claim.changeable.includes("form_data") && !isCorrecting;
  return (
    <Section id="form" title={t("form")} aside={mayCorrect && <CorrectButton onPress={() => setCorrecting(true)} />}>
      {isCorrecting ? (
        <Suspense fallback={<Skeleton className="h-96" />}>
          <Correct claim={claim} onEnd={() => setCorrecting(false)} />
        </Suspense>
      ) : (
        <Said claim={claim} />
      )}
    </Section>
  );
}

function Said({ claim }: { claim: HospitalClaim }) {
  const says = useText(shared);
  const form = claim.form_data ?? {};
  const known = NAMES.filter((name) => name in form) as string[];
  const names = [...known, ...Object.keys(form).filter((name) => !known.includes(name))].filter((name) => !ELSEWHERE.has(name));
  return (
    <Card>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2">
        {names.map((name) => (
          <div key={name} className="contents">
            <dt className="max-w-40 text-muted first-letter:uppercase">{says.of(`field.${name}`, name.replaceAll("_", " "))}</dt>
            <dd className="min-w-0">
              <ValueText name={name} value={form[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
