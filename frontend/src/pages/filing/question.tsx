/** One question: a heading, its controls, and Continue, which keeps the answer and leads on. */
import type { ReactNode } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { useNavigate } from "react-router";
import { Form } from "@/components/form";
import { Heading, WindowTitle } from "@/components/page";
import { useText } from "@/i18n/text";
import { Actions } from "./frame";
import { messages } from "./messages";
import { pageAfter, pageBefore } from "./steps";

interface QuestionProps<V extends FieldValues> {
  path: string;
  title: string;
  hint?: ReactNode;
  form: UseFormReturn<V>;
  onAnswer: (values: V) => void;
  children: ReactNode;
}

export function Question<V extends FieldValues>({ path, title, hint, form, onAnswer, children }: QuestionProps<V>) {
  const t = useText(messages);
  const navigate = useNavigate();
  return (
    <Form
      form={form}
      onSubmit={(values) => {
        onAnswer(values);
        void navigate(`/file/${pageAfter(path)}`);
      }}
    >
      <QuestionHead title={title} hint={hint} />
      {children}
      <Actions back={pageBefore(path)} label={t("go")} />
    </Form>
  );
}

export function QuestionHead({ title, hint }: { title: string; hint?: ReactNode }) {
  return (
    <header className="flex flex-col gap-2">
      <WindowTitle>{title}</WindowTitle>
      <Heading className="text-xl sm:text-2xl">{title}</Heading>
      {hint && <p className="text-muted">{hint}</p>}
    </header>
  );
}
