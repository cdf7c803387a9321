/** Correcting what one has said, while nobody has begun to look at the claim. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Resolver, useForm } from "react-hook-form";
import { type Claim, type Policy, configQuery } from "@/api/queries";
import { TextArea, TextField } from "@/components/field";
import { type Wrong, wrongAmount, wrongDay, wrongStory } from "@/drafts/judge";
import { amountOf } from "@/drafts/money";
import { todayIn } from "@/drafts/today";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as asking } from "../filing/messages";
import { CorrectFrame } from "./correct-frame";
import { messages } from "./messages";

interface Values {
  incident_date: string;
  description: string;
  claim_amount: string;
}

export interface CorrectProps {
  claim: Claim;
  policy: Policy;
  onEnd: () => void;
}

export default function Correct({ claim, policy, onEnd }: CorrectProps) {
  const t = useText(messages);
  const says = useText(asking);
  const format = useFormat();
  // As it was when the form opened: what another device has corrected since is not set back.
  const [before] = useState({ incident_date: claim.incident_date, description: claim.description ?? "", claim_amount: claim.claim_amount });
  const form = useForm<Values>({ resolver: useRules(policy), shouldFocusError: false, defaultValues: before });
  const { errors } = form.formState;
  return (
    <CorrectFrame claim={claim} form={form} contentOf={(values) => changed(before, values)} onEnd={onEnd}>
      <TextArea {...form.register("description")} rows={4} label={t("facts.what")} error={errors.description?.message} />
      <TextField
        {...form.register("incident_date")}
        type="date"
        label={t("facts.day")}
        hint={says("when.outside", { from: format.day(policy.start_date), to: format.day(policy.end_date) })}
        error={errors.incident_date?.message}
      />
      <TextField
        {...form.register("claim_amount")}
        inputMode="decimal"
        label={says("amount.label", { currency: claim.currency })}
        error={errors.claim_amount?.message}
      />
    </CorrectFrame>
  );
}

/** The rules of the questions by which it was filed. */
function useRules(policy: Policy): Resolver<Values> {
  const says = useText(asking);
  const format = useFormat();
  const { data: config } = useQuery(configQuery);
  const about = {
    from: format.day(policy.start_date),
    to: format.day(policy.end_date),
    cover: format.amount(policy.cover_amount, policy.currency),
  };
  return (values) => {
    const wrong: Record<keyof Values, Wrong | null> = {
      description: wrongStory(values.description),
      incident_date: wrongDay(values.incident_date, policy, todayIn(config?.timezone)),
      claim_amount: wrongAmount(values.claim_amount, policy),
    };
    const found = Object.entries(wrong).flatMap(([name, code]) => (code ? [[name, { type: code, message: says(code, about) }]] : []));
    return found.length > 0 ? { values: {}, errors: Object.fromEntries(found) as object } : { values, errors: {} };
  };
}

/** What differs from before, as the API takes it. */
function changed(before: Values, { claim_amount: typed, ...values }: Values): Partial<Values> {
  const after: Values = { ...values, claim_amount: amountOf(typed) ?? typed };
  const isSame = (name: keyof Values) => (name === "claim_amount" ? Number(after[name]) === Number(before[name]) : after[name].trim() === before[name]);
  return Object.fromEntries(Object.entries(after).filter(([name]) => !isSame(name as keyof Values)));
}
