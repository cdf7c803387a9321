/** Hours in which nothing but what is mandatory is sent, in a time zone of one's own. */
import { Field, Hint, Select, TextField, described, fieldId } from "@/components/field";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type QuietHours, ownZone, zones } from "./wishes";

interface QuietFieldsProps {
  hours: QuietHours | null;
  onChange: (hours: QuietHours | null) => void;
}

export function QuietFields({ hours, onChange }: QuietFieldsProps) {
  const t = useText(messages);
  const zone = { name: "zone", label: t("quiet.zone") };
  return (
    <fieldset className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-4">
      <legend className="sr-only">{t("quiet.title")}</legend>
      <div className="flex gap-3">
        <input
          type="checkbox"
          id={fieldId("quiet")}
          aria-describedby={`${fieldId("quiet")}-hint`}
          checked={hours !== null}
          onChange={(event) => onChange(event.target.checked ? { starts: "22:00", ends: "07:00", zone: ownZone() } : null)}
          className="mt-0.5 size-5 shrink-0 accent-brand"
        />
        <div>
          <label htmlFor={fieldId("quiet")} className="block cursor-pointer font-medium">
            {t("quiet.title")}
          </label>
          <Hint name="quiet">{t("quiet.text")}</Hint>
        </div>
      </div>
      {hours && (
        <div className="grid gap-4 sm:grid-cols-[auto_auto_1fr] sm:items-end">
          {(["starts", "ends"] as const).map((end) => (
            <TextField
              key={end}
              name={end}
              type="time"
              required
              label={t(`quiet.${end}`)}
              value={hours[end].slice(0, 5)}
              onChange={(event) => onChange({ ...hours, [end]: event.target.value })}
              className="max-w-40"
            />
          ))}
          <Field {...zone}>
            <Select {...described(zone)} id={fieldId("zone")} value={hours.zone} onChange={(event) => onChange({ ...hours, zone: event.target.value })}>
              {zones(hours.zone).map((name) => (
                <option key={name} value={name}>
                  {name.replaceAll("_", " ")}
                </option>
              ))}
            </Select>
          </Field>
        </div>
      )}
    </fieldset>
  );
}
