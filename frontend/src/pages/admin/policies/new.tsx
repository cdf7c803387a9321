/** A new policy of a policyholder. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { configQuery } from "@/api/queries";
import { SubmissionKey } from "@/api/submission";
import { messages as claimMessages } from "@/claims/messages";
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
import { type Option, Picker } from "../parts/picker";
import { organisations, people } from "../parts/sources";
import { messages } from "./messages";
import { POLICY_TYPES } from "./standing";

export default function NewPolicyPage() {
  const t = useText(messages);
  return (
    <Page title={t("add")} width="desk" heading={<BackHeading to="/admin/policies" list={t("title")}>{t("add")}</BackHeading>}>
      <AdminsOnly>
        <NewForm />
      </AdminsOnly>
    </Page>
  );
}

type Values = z.infer<ReturnType<typeof useSchema>>;

function NewForm() {
  const t = useText(messages);
  const words = useText(shared);
  const navigate = useNavigate();
  const schema = useSchema();
  const create = useCreate();
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { user_id: "", payer_id: "", type: "medical" as const, start_date: "", end_date: "", cover_amount: "", policy_number: "" },
  }) as UseFormReturn<Values>;
  const { errors, isSubmitting } = form.formState;
  return (
    <Form form={form} onSubmit={create} fieldOf={{ number_taken: "policy_number" }} className="flex max-w-lg flex-col gap-5">
      <Parties form={form} />
      <Terms form={form} />
      <TextField
        {...form.register("policy_number")}
        label={`${t("number")} (${words("optional")})`}
        hint={t("number.hint")}
        error={errors.policy_number?.message}
        autoComplete="off"
      />
      <FormButtons isBusy={isSubmitting} save={t("add")} onCancel={() => void navigate("/admin/policies")} />
    </Form>
  );
}

function Parties({ form }: { form: UseFormReturn<Values> }) {
  const t = useText(messages);
  const [holder, setHolder] = useState<Option | null>(null);
  const [payer, setPayer] = useState<Option | null>(null);
  const { errors } = form.formState;
  return (
    <>
      <Picker
        name="user_id"
        label={t("holder")}
        error={errors.user_id?.message}
        source={people("policyholder")}
        value={holder}
        onChange={(option) => {
          setHolder(option);
          form.setValue("user_id", option?.id ?? "");
        }}
      />
      <Picker
        name="payer_id"
        label={t("payer")}
        error={errors.payer_id?.message}
        source={organisations("payer")}
        value={payer}
        onChange={(option) => {
          setPayer(option);
          form.setValue("payer_id", option?.id ?? "");
        }}
      />
    </>
  );
}

function Terms({ form }: { form: UseFormReturn<Values> }) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const { errors } = form.formState;
  const { data: config } = useQuery(configQuery);
  return (
    <>
      <SelectField {...form.register("type")} label={t("type")} error={errors.type?.message}>
        {POLICY_TYPES.map((type) => (
          <option key={type} value={type}>
            {says(`type.${type}`)}
          </option>
        ))}
      </SelectField>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField {...form.register("start_date")} type="date" label={t("start")} error={errors.start_date?.message} />
        <TextField {...form.register("end_date")} type="date" label={t("end")} error={errors.end_date?.message} />
      </div>
      <TextField
        {...form.register("cover_amount")}
        inputMode="decimal"
        label={config ? `${t("cover")} (${config.currency})` : t("cover")}
        error={errors.cover_amount?.message}
      />
    </>
  );
}

function useSchema() {
  const t = useText(messages);
  return useMemo(
    () =>
      z.object({
        user_id: needed(t("holder.missing")),
        payer_id: needed(t("payer.missing")),
        type: z.enum(POLICY_TYPES),
        start_date: needed(t("start.missing")),
        end_date: needed(t("end.missing")),
        cover_amount: needed(t("cover.missing")),
        policy_number: z.string(),
      }),
    [t],
  );
}

function useCreate(): (values: Values) => Promise<void> {
  const t = useText(messages);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  return async ({ policy_number: number, ...values }) => {
    const body = { ...values, policy_number: number.trim().toUpperCase() || null };
    const made = await api.post("/policies", { body, idempotencyKey: key.for(body) });
    await cache.invalidateQueries({ queryKey: ["admin", "policies"] });
    toast(t("added", { number: made.policy_number }));
    await navigate(`/admin/policies/${made.policy_number}`);
  };
}
