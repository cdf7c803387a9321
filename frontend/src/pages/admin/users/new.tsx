/** A new user: invited by mail, or made without a mail to be invited later. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type UseFormReturn, useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";
import { type Schema, api } from "@/api/client";
import { SubmissionKey } from "@/api/submission";
import { TextField } from "@/components/field";
import { Form } from "@/components/form";
import { Page } from "@/components/page";
import { emailAddress, needed, z } from "@/components/rules";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { AdminsOnly } from "../parts/admins-only";
import { BackHeading } from "../parts/back";
import { FormButtons } from "../parts/form-buttons";
import type { Option } from "../parts/picker";
import { Picks } from "../parts/picks";
import { organisations } from "../parts/sources";
import { messages } from "./messages";
import { RoleFields } from "./role-fields";
import { assignedKinds } from "./roles";

export default function NewUserPage() {
  const t = useText(messages);
  return (
    <Page title={t("new")} width="desk" intro={t("new.intro")} heading={<BackHeading to="/admin/users" list={t("title")}>{t("new")}</BackHeading>}>
      <AdminsOnly>
        <NewUserForm />
      </AdminsOnly>
    </Page>
  );
}

function NewUserForm() {
  const t = useText(messages);
  const navigate = useNavigate();
  const schema = useSchema();
  const create = useCreate();
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { email: "", name: "", role: "claim_processor", level: "0", organisations: [] as Option[], hasMail: true },
  });
  const { errors, isSubmitting } = form.formState;
  const hasMail = useWatch({ control: form.control, name: "hasMail" });
  const submit = async (values: Values) => {
    const made = await create(values);
    toast(t(values.hasMail ? "new.invited" : "new.made", { name: made.name }));
    await navigate(`/admin/users/${made.id}`);
  };
  return (
    <Form form={form} onSubmit={submit} fieldOf={{ user_exists: "email", invited_otherwise: "email" }} className="flex max-w-lg flex-col gap-5">
      <TextField {...form.register("name")} label={t("name")} error={errors.name?.message} maxLength={200} autoComplete="off" />
      <TextField
        {...form.register("email")}
        type="email"
        label={t("email")}
        error={errors.email?.message}
        autoComplete="off"
        autoCapitalize="none"
      />
      <RoleFields form={form} />
      <Works form={form} />
      <label className="flex items-start gap-3">
        <input {...form.register("hasMail")} type="checkbox" className="mt-0.5 size-5 accent-brand" />
        <span>
          <span className="block font-semibold">{t("new.mail")}</span>
          <span className="text-muted">{t("new.mailHint")}</span>
        </span>
      </label>
      <FormButtons isBusy={isSubmitting} save={t(hasMail ? "new.invite" : "new.make")} onCancel={() => void navigate("/admin/users")} />
    </Form>
  );
}

function Works({ form }: { form: UseFormReturn<Values> }) {
  const t = useText(messages);
  const [role, chosen] = useWatch({ control: form.control, name: ["role", "organisations"] });
  const [only, ...others] = assignedKinds(role);
  if (!only) return null;
  return (
    <Picks
      name="organisations"
      label={t("organisations")}
      hint={t("organisations.hint")}
      source={organisations(others.length === 0 ? only : undefined)}
      value={chosen}
      onChange={(options) => form.setValue("organisations", options)}
    />
  );
}

interface Values {
  email: string;
  name: string;
  role: string;
  level: string;
  organisations: Option[];
  hasMail: boolean;
}

function useSchema() {
  const t = useText(messages);
  return useMemo(
    () =>
      z.object({
        name: needed(t("name.missing")),
        email: emailAddress(t("email.missing"), t("email.malformed")),
        role: z.string(),
        level: z.string(),
        organisations: z.array(z.object({ id: z.string(), name: z.string(), note: z.string() })),
        hasMail: z.boolean(),
      }),
    [t],
  );
}

function useCreate(): (values: Values) => Promise<Schema<"UserOut">> {
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  return async (values) => {
    const { email, name } = values;
    const role = values.role as "admin";
    const level = values.role === "claim_processor" ? Number(values.level) : 0;
    const works = assignedKinds(values.role).length > 0 ? values.organisations.map(({ id }) => id) : [];
    const idempotencyKey = key.for(values);
    const made = values.hasMail
      ? await api.post("/users/invitations", { body: { email, name, role, level, organisations: works }, idempotencyKey })
      : await api.post("/users", { body: { email, name, role, level }, idempotencyKey });
    if (!values.hasMail) await assignAll(made.id, works);
    await cache.invalidateQueries({ queryKey: ["admin", "users"] });
    return made;
  };
}

async function assignAll(userId: string, works: string[]): Promise<void> {
  const path = { user_id: userId };
  await Promise.all(works.map((organisation) => api.post("/users/{user_id}/assignments", { path, body: { organisation } })));
}
