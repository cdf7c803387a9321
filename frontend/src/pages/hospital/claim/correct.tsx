/** Correcting a patient's form, while nobody has begun to look at the claim; what a hospital's own system sent besides is kept. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Form } from "@/components/form";
import { ConflictCard } from "@/components/notice";
import { useText } from "@/i18n/text";
import { usePayer } from "@/pages/claim/about";
import { useCorrecting, useReadAnew } from "@/pages/claim/acting";
import { messages as claimMessages } from "@/pages/claim/messages";
import { GROUPS, NEEDED } from "../fields";
import type { HospitalClaim } from "../queries";
import { HOSPITAL } from "../submit/draft";
import { FormControl } from "../submit/form-control";
import { type Values, useSubmitSchema, valuesOf } from "../submit/rules";

const FIELDS = [...NEEDED, ...GROUPS.flatMap(({ fields }) => fields)];

export default function Correct({ claim, onEnd }: { claim: HospitalClaim; onEnd: () => void }) {
  const t = useText(claimMessages);
  const payer = usePayer(claim);
  const read = useReadAnew(claim);
  const correct = useCorrecting(claim, onEnd);
  const [conflict, setConflict] = useState<unknown>(null);
  const said = HOSPITAL.of({ hospital_id: claim.hospital?.id, payer_id: claim.payer.id, form_data: claim.form_data });
  const form = useForm<Values>({ resolver: zodResolver(useSubmitSchema()), shouldFocusError: false, defaultValues: valuesOf(said) });
  const submit = async (values: Values) => {
    const { form_data } = HOSPITAL.to({ ...said, ...values }) as Pick<HospitalClaim, "form_data">;
    try {
      await correct.mutateAsync({ form_data } as Parameters<typeof correct.mutateAsync>[0]);
    } catch (error) {
      if (!asProblem(error).isConflict) throw error;
      setConflict(error);
    }
  };
  return (
    <Card>
      <Form form={form} onSubmit={submit} className="flex flex-col gap-4">
        {conflict !== null && <ConflictCard error={conflict} onReload={() => void read().then(onEnd)} />}
        <div className="grid gap-4 sm:grid-cols-2">
          {FIELDS.map((field) => (
            <FormControl key={field.name} field={field} form={form} />
          ))}
        </div>
        <p className="text-sm text-muted">{t("correct.told", { payer })}</p>
        <div className="flex flex-wrap gap-3">
          <Button type="submit" busy={correct.isPending}>
            {t("correct.go")}
          </Button>
          <Button variant="secondary" onClick={onEnd}>
            {t("correct.stay")}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
