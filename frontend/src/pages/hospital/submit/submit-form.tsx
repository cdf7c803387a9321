/** The form: for whom and to whom, the patient, the stay, the amount, the documents. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect } from "react";
import { type UseFormReturn, useForm, useWatch } from "react-hook-form";
import { useLocation, useNavigate } from "react-router";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { SelectField } from "@/components/field";
import { Form } from "@/components/form";
import { Notice } from "@/components/notice";
import { SaveState } from "@/drafts/save-state";
import { useText } from "@/i18n/text";
import { GROUPS, NEEDED } from "../fields";
import { type Kept, useKeeping, useKept } from "../kept";
import { messages as shared } from "../messages";
import { AskedDocuments } from "./asked-documents";
import { type Draft, useSaving } from "./draft";
import { FormControl } from "./form-control";
import { messages } from "./messages";
import type { Parties } from "./parties";
import { type Values, useSubmitSchema, valuesOf } from "./rules";

const GRID = "grid gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-3";

interface SubmitFormProps {
  draft: Kept<Draft>;
  parties: Parties;
  /** Whether it stands as it was come to; else the focus goes to what is left to fill in. */
  isFresh: boolean;
  onForget: () => void;
}

export function SubmitForm({ draft, parties, isFresh, onForget }: SubmitFormProps) {
  const t = useText(messages);
  const navigate = useNavigate();
  const only = parties.hospitals.length === 1 ? parties.hospitals[0] : undefined;
  const begun = valuesOf(draft.read());
  const form = useForm<Values>({
    resolver: zodResolver(useSubmitSchema()),
    shouldFocusError: false,
    defaultValues: { ...begun, hospital_id: begun.hospital_id || (only?.id ?? "") },
  });
  useKeeping(form, draft);
  useFirstFocus(isFresh, draft);
  return (
    <Form
      form={form}
      className="flex flex-col gap-8"
      onSubmit={(values) => {
        draft.change(values);
        void navigate(`/hospital/submit/check${window.location.search}`);
      }}
    >
      <CopiedNotice draft={draft} />
      <Needed form={form} parties={parties} />
      {GROUPS.map(({ id, fields }) => (
        <Section key={id} id={id} title={t(`part.${id}`)}>
          <div className={GRID}>
            {fields.map((field) => (
              <FormControl key={field.name} field={field} form={form} />
            ))}
          </div>
        </Section>
      ))}
      <AskedDocuments uploads={draft.uploads} />
      <div className="sticky bottom-0 -mx-4 flex flex-wrap gap-3 border-t border-line bg-ground px-4 py-3 sm:mx-0 sm:px-0">
        <Button type="submit" className="flex-1 sm:flex-none">
          {t("check")}
        </Button>
        <Button variant="quiet" onClick={onForget}>
          {t("forget")}
        </Button>
        <SaveState state={useSaving(draft)} className="ms-auto" />
      </div>
    </Form>
  );
}

/** To the field that the address names, as from the page that checks; after copying to what is left to fill in. */
function useFirstFocus(isFresh: boolean, draft: Kept<Draft>): void {
  const { hash } = useLocation();
  useEffect(() => {
    const copied = draft.read().source ? "field-claimed_amount" : "field-patient_name";
    const target = isFresh ? decodeURIComponent(hash.slice(1)) : copied;
    const place = target ? document.getElementById(target) : null;
    // Of a whole part, its first control.
    (place?.matches("h2") ? place.closest("section")?.querySelector<HTMLElement>("input, button") : place)?.focus();
  }, [isFresh, hash, draft]);
}

/** What is needed: for whom, to whom, whose, and how much. */
function Needed({ form, parties }: { form: UseFormReturn<Values>; parties: Parties }) {
  const t = useText(messages);
  const says = useText(shared);
  const hospital = useWatch({ control: form.control, name: "hospital_id" });
  const { errors } = form.formState;
  const payers = parties.payersOf(hospital);
  return (
    <div className={GRID}>
      {parties.hospitals.length > 1 && (
        <SelectField {...form.register("hospital_id")} label={t("hospital")} error={errors.hospital_id?.message}>
          <option value="">{t("choose")}</option>
          {parties.hospitals.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      {/* Its options depend on the hospital: as they are there, the choice is shown. */}
      <SelectField key={hospital} {...form.register("payer_id")} label={says("field.payer_name")} error={errors.payer_id?.message}>
        <option value="">{t("choose")}</option>
        {payers.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      {NEEDED.map((field) => (
        <FormControl key={field.name} field={field} form={form} />
      ))}
    </div>
  );
}

/** What was taken over, and what was not. */
function CopiedNotice({ draft }: { draft: Kept<Draft> }) {
  const t = useText(messages);
  const { source, others } = useKept(draft);
  const names = Object.keys(others).map((name) => name.replaceAll("_", " "));
  if (!source) return null;
  return (
    <Notice kind="done" live title={t("copied", { number: source })}>
      <p>{t("copied.without")}</p>
      {names.length > 0 && <p>{t("copied.others", { names: names.join(", ") })}</p>}
    </Notice>
  );
}
