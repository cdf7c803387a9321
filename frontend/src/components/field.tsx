/** Form controls with their label, hint and error; each takes what `register` of react-hook-form gives. */
import type { ComponentProps, ReactNode } from "react";
import { ChevronDown, CircleAlert } from "lucide-react";
import { cx } from "./cx";

export interface About {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
}

/** The id of a field's control, to which an error summary links. */
export function fieldId(name: string): string {
  return `field-${name}`;
}

export function controlClass(hasError: boolean, className?: string): string {
  const shape = "w-full rounded-control border bg-surface px-3 text-base text-ink placeholder:text-muted";
  return cx(shape, hasError ? "border-2 border-negative" : "border-control", className);
}

export function described({ name, hint, error }: About) {
  const by = [hint ? `${fieldId(name)}-hint` : "", error ? `${fieldId(name)}-error` : ""].filter(Boolean).join(" ");
  return { id: fieldId(name), name, "aria-describedby": by || undefined, "aria-invalid": error ? true : undefined };
}

export function Field({ name, label, hint, error, className, children }: About & { children: ReactNode }) {
  return (
    <div className={cx("flex flex-col gap-1.5", className)}>
      <label htmlFor={fieldId(name)} className="font-semibold">
        {label}
      </label>
      <Hint name={name}>{hint}</Hint>
      <FieldError name={name} error={error} />
      {children}
    </div>
  );
}

export function Hint({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div id={`${fieldId(name)}-hint`} className="text-sm text-muted">
      {children}
    </div>
  );
}

export function FieldError({ name, error }: { name: string; error?: string | undefined }) {
  if (!error) return null;
  return (
    <p id={`${fieldId(name)}-error`} className="flex gap-1.5 text-sm font-medium text-negative">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      {error}
    </p>
  );
}

export function TextField({ name, label, hint, error, className, ...input }: About & ComponentProps<"input">) {
  const about = { name, label, hint, error };
  return (
    <Field {...about} className={cx(className)}>
      <input type="text" {...input} {...described(about)} className={controlClass(Boolean(error), "h-11")} />
    </Field>
  );
}

export function TextArea({ name, label, hint, error, className, ...input }: About & ComponentProps<"textarea">) {
  const about = { name, label, hint, error };
  return (
    <Field {...about} className={cx(className)}>
      <textarea rows={5} {...input} {...described(about)} className={controlClass(Boolean(error), "py-2")} />
    </Field>
  );
}

export function SelectField({ name, label, hint, error, className, ...input }: About & ComponentProps<"select">) {
  const about = { name, label, hint, error };
  return (
    <Field {...about} className={cx(className)}>
      <Select {...input} {...described(about)} hasError={Boolean(error)} />
    </Field>
  );
}

/** The browser's own choice, with an arrow that stands where others' do. */
export function Select({ hasError = false, className, ...input }: ComponentProps<"select"> & { hasError?: boolean }) {
  return (
    <span className={cx("relative block", className)}>
      <select {...input} className={controlClass(hasError, "h-11 appearance-none pe-10")} />
      <ChevronDown className="pointer-events-none absolute end-3 top-3 size-5 text-muted" aria-hidden />
    </span>
  );
}
