/** One question: a heading, its controls, and Continue, which judges the answer and leads on. It is kept as it is typed. */
import { type ReactNode, useEffect } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { Form } from "@/components/form";
import type { Answers } from "@/drafts/answers";
import { useText } from "@/i18n/text";
import { Actions } from "./actions";
import { answer } from "./draft";
import { messages } from "./messages";
import { useGoOn } from "./places";
import { QuestionHead } from "./question-head";
import { pageBefore } from "./steps";

interface QuestionProps<V extends FieldValues> {
  path: string;
  title: string;
  hint?: ReactNode;
  form: UseFormReturn<V>;
  /** What follows from the values; without it they are answers by their names. */
  toAnswers?: (values: V) => Partial<Answers>;
  children: ReactNode;
}

export function Question<V extends FieldValues & Partial<Answers>>({
  path,
  title,
  hint,
  form,
  toAnswers = asTheyAre,
  children,
}: QuestionProps<V>) {
  const t = useText(messages);
  const goOn = useGoOn(path);
  useEffect(
    () => form.subscribe({ formState: { values: true }, callback: ({ values }) => answer(toAnswers(values)) }),
    [form, toAnswers],
  );
  return (
    <Form
      form={form}
      onSubmit={(values) => {
        answer(toAnswers(values));
        void goOn();
      }}
    >
      <QuestionHead title={title} hint={hint} />
      {children}
      <Actions back={pageBefore(path)} label={t("go")} />
    </Form>
  );
}

function asTheyAre(values: Partial<Answers>): Partial<Answers> {
  return values;
}
