/** Correcting a patient's form, while nobody has begun to look at the claim; what a hospital's own system sent besides is kept. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import type { Content } from "@/pages/claim/acting";
import { CorrectFrame } from "@/pages/claim/correct-frame";
import { GROUPS, NEEDED } from "../fields";
import type { HospitalClaim } from "../queries";
import { HOSPITAL } from "../submit/draft";
import { FormControl } from "../submit/form-control";
import { type Values, useSubmitSchema, valuesOf } from "../submit/rules";

const FIELDS = [...NEEDED, ...GROUPS.flatMap(({ fields }) => fields)];

export default function Correct({ claim, onEnd }: { claim: HospitalClaim; onEnd: () => void }) {
  const said = HOSPITAL.of({ hospital_id: claim.hospital?.id, payer_id: claim.payer.id, form_data: claim.form_data });
  const [begun] = useState(valuesOf(said));
  const form = useForm<Values>({ resolver: zodResolver(useSubmitSchema()), shouldFocusError: false, defaultValues: begun });
  // What a colleague has corrected since the form opened is not set back.
  const contentOf = (values: Values) => ({ form_data: (HOSPITAL.to({ ...said, ...edited(begun, values) }) as Pick<HospitalClaim, "form_data">).form_data }) as Content;
  return (
    <CorrectFrame claim={claim} form={form} contentOf={contentOf} onEnd={onEnd}>
      <div className="grid gap-4 sm:grid-cols-2">
        {FIELDS.map((field) => (
          <FormControl key={field.name} field={field} form={form} />
        ))}
      </div>
    </CorrectFrame>
  );
}

function edited(before: Values, after: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name as keyof Values]));
}
