/** What happened, in one's own words. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm, useWatch } from "react-hook-form";
import { TextArea } from "@/components/field";
import { judgedBy, z } from "@/components/rules";
import { MOST_LETTERS, wrongStory } from "@/drafts/judge";
import { useText } from "@/i18n/text";
import { useChosenPolicy } from "./chosen";
import { useAnswers } from "./draft";
import { messages } from "./messages";
import { Question } from "./question";

// From so many left on, it is told how many.
const FEW = 500;

export default function WhatPage() {
  const t = useText(messages);
  const type = useChosenPolicy()?.type ?? "other";
  const { description } = useAnswers();
  const schema = useMemo(() => z.object({ description: judgedBy(wrongStory, (wrong) => t(wrong)) }), [t]);
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { description } });
  const left = MOST_LETTERS - useWatch({ control: form.control, name: "description" }).length;
  return (
    <Question path="what" title={t("what.title")} hint={t(`what.hint.${type}`)} form={form}>
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
