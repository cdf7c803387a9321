/** A field of an action, by its name: most are texts. */
import { TextArea, TextField } from "@/components/field";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

interface FieldProps {
  name: string;
  isNeeded: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
}

const LINES = new Set(["query_category", "rejection_reason", "payment_reference"]);

export function ActionField({ name, isNeeded, error, onChange }: FieldProps) {
  const t = useText(messages);
  const label = (
    <>
      {t.of(`field.${name}`, name.replaceAll("_", " "))}
      {!isNeeded && <span className="ms-1.5 font-normal text-muted">{t("optional")}</span>}
    </>
  );
  const about = { name, label, error, onChange: (event: { target: { value: string } }) => onChange(event.target.value) };
  if (name === "due_at") return <TextField {...about} type="datetime-local" className="max-w-64" />;
  return LINES.has(name) ? <TextField {...about} maxLength={200} /> : <TextArea {...about} rows={2} maxLength={5000} />;
}
