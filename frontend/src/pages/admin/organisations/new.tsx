/** A new hospital or payer. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { SubmissionKey } from "@/api/submission";
import { SelectField, TextField } from "@/components/field";
import { Form } from "@/components/form";
import { Page } from "@/components/page";
import { needed, z } from "@/components/rules";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { AdminsOnly } from "../parts/admins-only";
import { BackHeading } from "../parts/back";
import { FormButtons } from "../parts/form-buttons";
import type { Option } from "../parts/picker";
import { Picks } from "../parts/picks";
import { organisations } from "../parts/sources";
import { messages } from "./messages";

export default function NewOrganisationPage() {
  const t = useText(messages);
  return (
    <Page title={t("add")} width="desk" heading={<BackHeading to="/admin/organisations" list={t("title")}>{t("add")}</BackHeading>}>
      <AdminsOnly>
        <NewForm />
      </AdminsOnly>
    </Page>
  );
}

function NewForm() {
  const t = useText(messages);
  const words = useText(shared);
  const navigate = useNavigate();
  const { form, submit } = useNew();
  const { errors, isSubmitting } = form.formState;
  const kind = useWatch({ control: form.control, name: "kind" });
  const partners = useWatch({ control: form.control, name: "works_with" });
  return (
    <Form form={form} onSubmit={submit} fieldOf={{ number_taken: "number" }} className="flex max-w-lg flex-col gap-5">
      <SelectField
        {...form.register("kind", { onChange: () => form.setValue("works_with", []) })}
        label={t("kind")}
        error={errors.kind?.message}
      >
        <option value="hospital">{words("kind.hospital")}</option>
        <option value="payer">{words("kind.payer")}</option>
      </SelectField>
      <TextField {...form.register("name")} label={t("name")} error={errors.name?.message} maxLength={200} autoComplete="off" />
      <TextField
        {...form.register("number")}
        label={`${t("number")} (${words("optional")})`}
        hint={t("number.hint", { start: kind === "hospital" ? "HOSP_" : "PAY_" })}
        error={errors.number?.message}
        autoComplete="off"
      />
      <Picks
        name="works_with"
        label={t("worksWith")}
        hint={t(`worksWith.${kind}`)}
        source={organisations(kind === "hospital" ? "payer" : "hospital")}
        value={partners}
        onChange={(options) => form.setValue("works_with", options)}
      />
      <FormButtons isBusy={isSubmitting} save={t("add")} onCancel={() => void navigate("/admin/organisations")} />
    </Form>
  );
}

function useNew() {
  const t = useText(messages);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  const schema = useMemo(() => {
    const option = z.object({ id: z.string(), name: z.string(), note: z.string() });
    const kind = z.enum(["hospital", "payer"]);
    return z.object({ kind, name: needed(t("name.missing")), number: z.string(), works_with: z.array(option) });
  }, [t]);
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { kind: "hospital" as "hospital" | "payer", name: "", number: "", works_with: [] as Option[] },
  });
  const submit = async ({ number, works_with: partners, ...values }: z.infer<typeof schema>) => {
    const body = { ...values, number: number.trim().toUpperCase() || null, works_with: partners.map(({ id }) => id) };
    const made = await api.post("/organisations", { body, idempotencyKey: key.for(body) });
    await cache.invalidateQueries({ queryKey: ["admin", "organisations"] });
    toast(t("added", { name: made.name }));
    await navigate(`/admin/organisations/${made.number}`);
  };
  return { form, submit };
}
