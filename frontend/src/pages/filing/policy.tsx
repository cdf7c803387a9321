/** Which policy the claim is about: the active ones, each with what is left of its cover. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { ShieldOff } from "lucide-react";
import { useCallback, useMemo } from "react";
import { type UseFormRegisterReturn, useForm } from "react-hook-form";
import { type Policy, policiesQuery } from "@/api/queries";
import { messages as claimMessages } from "@/claims/messages";
import { TypeIcon } from "@/claims/type-icon";
import { FieldError, fieldId } from "@/components/field";
import { Empty, Failed, Heading, SkeletonList } from "@/components/page";
import { secret as chosen, z } from "@/components/rules";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useAnswers } from "./draft";
import { messages } from "./messages";
import { Question } from "./question";
import { QuestionHead } from "./question-head";

export default function PolicyPage() {
  const t = useText(messages);
  const { data, error, refetch } = useQuery(policiesQuery);
  if (error && !data) return <Failed level="h1" error={error} retry={() => void refetch()} />;
  if (!data) {
    return (
      <>
        <QuestionHead title={t("policy.title")} />
        <SkeletonList rows={3} row="h-24" />
      </>
    );
  }
  const active = data.filter(({ status }) => status === "active");
  if (active.length > 0) return <PolicyForm policies={active} />;
  return (
    <>
      <Heading>{t("title")}</Heading>
      <Empty icon={ShieldOff} title={t("policy.none")}>
        {t("policy.noneText")}
      </Empty>
    </>
  );
}

function PolicyForm({ policies }: { policies: Policy[] }) {
  const t = useText(messages);
  const { policyId } = useAnswers();
  const schema = useMemo(() => z.object({ policyId: chosen(t("policy.missing")) }), [t]);
  const only = policies.length === 1 ? policies[0]?.id : undefined;
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { policyId: policyId || only || "" },
  });
  const error = form.formState.errors.policyId?.message;
  const withType = useCallback(
    ({ policyId: chosenId = "" }: { policyId?: string }) => {
      const claimType = policies.find(({ id }) => id === chosenId)?.type ?? "";
      return { policyId: chosenId, claimType };
    },
    [policies],
  );
  return (
    <Question path="policy" title={t("policy.title")} form={form} toAnswers={withType}>
      <fieldset className="flex flex-col gap-3" aria-describedby={error && `${fieldId("policyId")}-error`}>
        <legend className="sr-only">{t("policy.title")}</legend>
        <FieldError name="policyId" error={error} />
        {policies.map((policy, index) => (
          <PolicyChoice key={policy.id} policy={policy} isFirst={index === 0} field={form.register("policyId")} />
        ))}
      </fieldset>
    </Question>
  );
}

interface PolicyChoiceProps {
  policy: Policy;
  isFirst: boolean;
  field: UseFormRegisterReturn;
}

function PolicyChoice({ policy, isFirst, field }: PolicyChoiceProps) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const format = useFormat();
  const left = format.amount(policy.cover_left, policy.currency);
  const cover = format.amount(policy.cover_amount, policy.currency);
  return (
    <label className="flex cursor-pointer items-center gap-4 rounded-surface border border-control bg-surface p-4 has-checked:border-brand has-checked:bg-brand-tint has-checked:ring-1 has-checked:ring-brand has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus">
      <input
        {...field}
        type="radio"
        value={policy.id}
        id={isFirst ? fieldId("policyId") : undefined}
        className="size-5 shrink-0 accent-brand outline-none"
      />
      <TypeIcon type={policy.type} />
      <span className="min-w-0">
        <span className="block font-semibold">
          {t("policy.type", { type: says.of(`type.${policy.type}`, policy.type) })}
        </span>
        <span className="block text-sm text-muted">
          {policy.payer.name} · <span className="whitespace-nowrap">{policy.policy_number}</span>
        </span>
        <span className="block text-sm text-muted">{t("policy.left", { left, cover })}</span>
      </span>
    </label>
  );
}
