/** What happened, in one's own words. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm, useWatch } from "react-hook-form";
import { TextArea } from "@/components/field";
import { needed, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { useChosenPolicy } from "./chosen";
import { answer, useAnswers } from "./draft";
import { messages } from "./messages";
import { Question } from "./question";

const MOST = 5000;
// From so many left on, it is told how many.
const FEW = 500;

export default function WhatPage() {
  const t = useText(messages);
  const type = useChosenPolicy()?.type ?? "other";
  const { description } = useAnswers();
  const schema = useMemo(
    () => z.object({ description: needed(t("what.missing")).check(z.maxLength(MOST, t("what.long"))) }),
    [t],
  );
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { description } });
  const left = MOST - useWatch({ control: form.control, name: "description" }).length;
  return (
    <Question path="what" title={t("what.title")} hint={t(`what.hint.${type}`)} form={form} onAnswer={answer}>
      <TextArea
        {...form.register("description")}
        rows={7}
        label={t("what.label")}
        error={form.formState.errors.description?.message}
      />
      <p role="status" className="-mt-4 text-sm text-muted">
        {left >= 0 && left <= FEW && t("what.left", { count: left })}
      </p>
    </Question>
  );
}
