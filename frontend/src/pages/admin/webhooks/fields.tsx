/** What is asked of a webhook: where it leads, what it is for, and the events it is told of. */
import { useQuery } from "@tanstack/react-query";
import type { UseFormReturn } from "react-hook-form";
import { FieldError, Hint, TextField, fieldId } from "@/components/field";
import { needed, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { useEventName } from "../audit/event-names";
import { messages as shared } from "../messages";
import { messages } from "./messages";
import { eventTypesQuery } from "./queries";

export interface Values {
  url: string;
  description: string;
  events: string[];
}

export function valuesOf(missing: string) {
  return z.object({ url: needed(missing), description: z.string(), events: z.array(z.string()) });
}

export function Fields({ form }: { form: UseFormReturn<Values> }) {
  const t = useText(messages);
  const words = useText(shared);
  const { errors } = form.formState;
  return (
    <>
      <TextField
        {...form.register("url")}
        label={t("url")}
        hint={t("url.hint")}
        error={errors.url?.message}
        type="url"
        maxLength={2000}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        {...form.register("description")}
        label={`${t("description")} (${words("optional")})`}
        error={errors.description?.message}
        maxLength={200}
        autoComplete="off"
      />
      <Events form={form} />
    </>
  );
}

function Events({ form }: { form: UseFormReturn<Values> }) {
  const t = useText(messages);
  const name = useEventName();
  const { data: types = [] } = useQuery(eventTypesQuery);
  const error = form.formState.errors.events?.message;
  return (
    <fieldset id={fieldId("events")} tabIndex={-1} aria-describedby={`${fieldId("events")}-hint`} className="flex flex-col gap-1.5">
      <legend className="mb-1.5 font-semibold">{t("events")}</legend>
      <Hint name="events">{t("events.hint")}</Hint>
      <FieldError name="events" error={error} />
      <div className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {types.map((type) => (
          <label key={type} className="flex min-h-9 items-center gap-2.5">
            <input {...form.register("events")} type="checkbox" value={type} className="size-5 shrink-0 accent-brand" />
            {name(type)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
