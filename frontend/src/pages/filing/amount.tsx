/** How much is claimed. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import type { Policy } from "@/api/queries";
import { TextField } from "@/components/field";
import { SkeletonList } from "@/components/page";
import { needed, z } from "@/components/rules";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useChosenPolicy } from "./chosen";
import { answer, useAnswers } from "./draft";
import { messages } from "./messages";
import { amountOf } from "./money";
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
    const over = t("amount.over", { cover: format.amount(cover, currency) });
    const number = (typed: string) => Number(amountOf(typed) ?? Number.NaN);
    return z.object({
      amount: needed(t("amount.missing")).check(
        z.refine((typed) => amountOf(typed) !== null, { error: t("amount.malformed"), abort: true }),
        z.refine((typed) => number(typed) > 0, t("amount.zero")),
        z.refine((typed) => number(typed) <= Number(cover), over),
      ),
    });
  }, [t, format, cover, currency]);
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { amount } });
  return (
    <Question
      path="amount"
      title={t("amount.title")}
      hint={t("amount.hint", { left: format.amount(policy.cover_left, currency) })}
      form={form}
      onAnswer={answer}
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
