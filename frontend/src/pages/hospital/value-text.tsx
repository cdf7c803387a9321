/** A value of a patient's form, whatever it holds, as people read it. */
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function ValueText({ name, value }: { name: string; value: unknown }) {
  const says = useText(messages);
  const format = useFormat();
  if (typeof value === "boolean") return <>{says(value ? "yes" : "no")}</>;
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))) return <>{format.day(value)}</>;
  if (typeof value === "string") return <span className="whitespace-pre-line">{says.of(`${name}.${value}`, value)}</span>;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return <>{value.join(", ")}</>;
  if (typeof value === "object") return <code className="block overflow-x-auto text-xs whitespace-pre">{JSON.stringify(value, null, 2)}</code>;
  return <>{String(value)}</>;
}
