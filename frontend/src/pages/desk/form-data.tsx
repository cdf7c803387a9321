/** The hospital's own form: known fields by their names, all others as they were sent, however deep. */
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { Fact, Facts } from "./facts";
import { formMessages } from "./form-messages";

export type FormValue = unknown;

// What stands in the head of the page.
const ELSEWHERE = new Set(["patient_name", "claimed_amount", "payer_name"]);
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONG = 40;

export function FormData({ form }: { form: Record<string, FormValue> }) {
  const t = useText(formMessages);
  const format = useFormat();
  const said = (name: string, value: string) =>
    value === "true" || value === "false" ? t(value) : DAY.test(value) ? format.day(value) : t.of(`${name}.${value}`, value);
  const lines = linesOf(form).filter(([name]) => !ELSEWHERE.has(name));
  return (
    <Facts title={t("title")}>
      {lines.map(([name, value]) => (
        <Fact key={name} name={t.of(name, named(name))} isWide={value.length > LONG}>
          {said(name, value)}
        </Fact>
      ))}
    </Facts>
  );
}

/** One line for each value; what lies deeper is named by its way: `contact.relation`. */
export function linesOf(value: FormValue, way = ""): [string, string][] {
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return [[way, value.join(", ")]];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => linesOf(inner, way ? `${way}.${name}` : name));
  }
  return [[way, value === null || value === undefined || value === "" ? "–" : String(value)]];
}

/** `treating_doctor` as "Treating doctor". */
export function named(name: string): string {
  const words = name.replaceAll(/[._]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
