/** How much is claimed. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import type { Policy } from "@/api/queries";
import { TextField } from "@/components/field";
import { SkeletonList } from "@/components/page";
import { judgedBy, z } from "@/components/rules";
import { wrongAmount } from "@/drafts/judge";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useChosenPolicy } from "./chosen";
import { useAnswers } from "./draft";
import { messages } from "./messages";
import { Question } from "./question";

export default function AmountPage() {
  const policy = useChosenPolicy();
  return policy ? <AmountForm policy={policy} /> : <SkeletonList rows={2} row="h-12" />;
}

function AmountForm({ policy }: { policy: Policy }) {
  const t = useText(messages);
  const format = useFormat();
  const { amount } = useAnswers();
  const { cover_amount: cover, currency } = policy;
  const schema = useMemo(() => {
    const values = { cover: format.amount(cover, currency) };
    return z.object({ amount: judgedBy((typed) => wrongAmount(typed, policy), (wrong) => t(wrong, values)) });
  }, [t, format, cover, currency, policy]);
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { amount } });
  return (
    <Question
      path="amount"
      title={t("amount.title")}
      hint={t("amount.hint", { left: format.amount(policy.cover_left, currency) })}
      form={form}
    >
      <TextField
        {...form.register("amount")}
        label={t("amount.label", { currency: format.currency(currency) })}
        error={form.formState.errors.amount?.message}
        inputMode="decimal"
        autoComplete="off"
        className="max-w-56"
      />
    </Question>
  );
}
