/** A form of react-hook-form: errors beside their fields and in a summary on top, the server's among them. */
import type { ReactNode } from "react";
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";
import { noticeEnd } from "@/api/cache";
import { type Problem, asProblem } from "@/api/problem";
import { useText } from "@/i18n/text";
import { fieldId } from "./field";
import { messages } from "./messages";
import { type ProblemText, useProblemText } from "./problem-text";

interface FormProps<V extends FieldValues> {
  form: UseFormReturn<V>;
  /** May throw a Problem: its fields are marked, anything else stands on top. */
  onSubmit: (values: V) => Promise<void> | void;
  /** The fields of refusals that name none, by their codes. */
  fieldOf?: Record<string, Path<V>>;
  children: ReactNode;
  className?: string;
}

export function Form<V extends FieldValues>({ form, onSubmit, fieldOf, children, className = "flex flex-col gap-6" }: FormProps<V>) {
  const say = useProblemText();
  const { errors, submitCount } = form.formState;
  const shown = listed(errors);
  const submit = form.handleSubmit(async (values) => {
    try {
      await onSubmit(values);
    } catch (error) {
      if (!noticeEnd(error)) mark(form, asProblem(error), say, fieldOf);
    }
  });
  return (
    <form noValidate className={className} onSubmit={(event) => void submit(event)}>
      {submitCount > 0 && <ErrorSummary key={submitCount} errors={shown} />}
      {children}
    </form>
  );
}

export interface ShownError {
  /** The field's name; empty for what concerns the whole form. */
  name: string;
  message: string;
}

/** Takes the focus when it appears; a new `key` for each attempt makes it appear anew. */
export function ErrorSummary({ errors }: { errors: ShownError[] }) {
  const t = useText(messages);
  if (errors.length === 0) return null;
  return (
    <div ref={focus} tabIndex={-1} role="alert" className="rounded-surface border-2 border-negative bg-surface p-4">
      <h2 className="mb-2 text-base">{t("errors.title", { count: errors.length })}</h2>
      <ul className="flex flex-col gap-1">
        {errors.map(({ name, message }) => (
          <li key={name + message} className="text-negative">
            {name ? <FieldLink name={name}>{message}</FieldLink> : message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function focus(box: HTMLElement | null): void {
  box?.focus();
}

function FieldLink({ name, children }: { name: string; children: ReactNode }) {
  const target = fieldId(name);
  return (
    <a
      href={`#${target}`}
      className="font-medium underline underline-offset-2"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(target)?.focus();
      }}
    >
      {children}
    </a>
  );
}

function listed(errors: Record<string, unknown>): ShownError[] {
  return Object.entries(errors).flatMap(([name, error]) => {
    const { message } = (error ?? {}) as { message?: string };
    return message ? [{ name: name === "root" ? "" : name, message }] : [];
  });
}

function mark<V extends FieldValues>(form: UseFormReturn<V>, problem: Problem, say: ProblemText, fieldOf: FormProps<V>["fieldOf"]): void {
  const known = problem.fields.filter(({ field }) => field in form.getValues());
  for (const field of known) form.setError(field.field as Path<V>, { message: say.field(field) });
  if (known.length === 0) form.setError(fieldOf?.[problem.code] ?? "root", { message: say(problem) });
}
