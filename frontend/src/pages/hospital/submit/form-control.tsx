/** One field of the patient's form. */
import type { UseFormReturn } from "react-hook-form";
import { useQuery } from "@tanstack/react-query";
import { configQuery } from "@/api/queries";
import { SelectField, TextArea, TextField } from "@/components/field";
import { useText } from "@/i18n/text";
import type { FormField } from "../fields";
import { messages as shared } from "../messages";
import { messages } from "./messages";
import type { Values } from "./rules";

const GENDERS = ["female", "male", "other"];

export function FormControl({ field: { name, kind, isWide = false }, form }: { field: FormField; form: UseFormReturn<Values> }) {
  const label = useLabel(name);
  const error = form.formState.errors[name]?.message;
  const about = { ...form.register(name), label, error, className: isWide ? "sm:col-span-2" : "" };
  if (kind === "area") return <TextArea {...about} rows={3} />;
  if (kind === "gender") return <GenderField {...about} now={form.getValues(name)} />;
  const input = kind === "number" ? { inputMode: "decimal" as const } : {};
  return <TextField {...about} {...input} type={kind === "date" ? "date" : "text"} autoComplete="off" />;
}

function useLabel(name: FormField["name"]): string {
  const t = useText(messages);
  const says = useText(shared);
  const { data: config } = useQuery(configQuery);
  const label = says(`field.${name}`);
  return name === "claimed_amount" && config ? t("amountIn", { label, currency: config.currency }) : label;
}

/** Another system may have its own words; what was copied from it can be chosen, too. */
function GenderField({ now, ...about }: { now: string; name: string; label: string; error: string | undefined; className: string }) {
  const t = useText(messages);
  const says = useText(shared);
  const known = now && !GENDERS.includes(now) ? [...GENDERS, now] : GENDERS;
  return (
    <SelectField {...about}>
      <option value="">{t("notSaid")}</option>
      {known.map((gender) => (
        <option key={gender} value={gender}>
          {says.of(`gender.${gender}`, gender)}
        </option>
      ))}
    </SelectField>
  );
}
