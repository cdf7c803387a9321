/** The day on which it happened. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import type { Policy } from "@/api/queries";
import { TextField } from "@/components/field";
import { SkeletonList } from "@/components/page";
import { judgedBy, z } from "@/components/rules";
import { wrongDay } from "@/drafts/judge";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useChosenPolicy, useToday } from "./chosen";
import { useAnswers } from "./draft";
import { messages } from "./messages";
import { Question } from "./question";

export default function WhenPage() {
  const policy = useChosenPolicy();
  return policy ? <WhenForm policy={policy} /> : <SkeletonList rows={2} row="h-12" />;
}

function WhenForm({ policy }: { policy: Policy }) {
  const t = useText(messages);
  const format = useFormat();
  const today = useToday();
  const { incidentDate } = useAnswers();
  const { start_date: start, end_date: end } = policy;
  const period = { from: format.day(start), to: format.day(end) };
  const schema = useMemo(() => {
    const values = { from: format.day(start), to: format.day(end) };
    return z.object({ incidentDate: judgedBy((day) => wrongDay(day, policy, today), (wrong) => t(wrong, values)) });
  }, [t, format, today, start, end, policy]);
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { incidentDate } });
  return (
    <Question path="when" title={t("when.title")} hint={t("when.hint", period)} form={form}>
      <TextField
        {...form.register("incidentDate")}
        type="date"
        label={t("when.label")}
        error={form.formState.errors.incidentDate?.message}
        min={start}
        max={today < end ? today : end}
        className="max-w-56"
      />
    </Question>
  );
}
