/** A new webhook, and then its secret. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { SubmissionKey } from "@/api/submission";
import { Form } from "@/components/form";
import { Page } from "@/components/page";
import { needed, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { AdminsOnly } from "../parts/admins-only";
import { BackHeading } from "../parts/back";
import { FormButtons } from "../parts/form-buttons";
import { type Option, Picker } from "../parts/picker";
import { organisations } from "../parts/sources";
import { Fields, type Values, valuesOf } from "./fields";
import { messages } from "./messages";
import type { WebhookMade } from "./queries";
import { Secret } from "./secret";

type NewValues = Values & { organisation: string };

export default function NewWebhookPage() {
  const t = useText(messages);
  const navigate = useNavigate();
  const [made, setMade] = useState<WebhookMade | null>(null);
  const title = t(made ? "secret" : "add");
  return (
    <Page title={title} width="desk" heading={<BackHeading to="/admin/webhooks" list={t("title")}>{title}</BackHeading>}>
      <AdminsOnly>
        {made ? (
          <Secret secret={made.secret} onDone={() => void navigate(`/admin/webhooks/${made.id}`)} />
        ) : (
          <NewForm onMade={setMade} />
        )}
      </AdminsOnly>
    </Page>
  );
}

function NewForm({ onMade }: { onMade: (made: WebhookMade) => void }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const { form, submit } = useNew(onMade);
  const { errors, isSubmitting, isSubmitted } = form.formState;
  const [owner, setOwner] = useState<Option | null>(null);
  return (
    <Form form={form} onSubmit={submit} className="flex max-w-lg flex-col gap-5">
      <Picker
        name="organisation"
        label={t("organisation")}
        source={organisations()}
        value={owner}
        onChange={(option) => {
          setOwner(option);
          form.setValue("organisation", option?.id ?? "", { shouldValidate: isSubmitted });
        }}
        error={errors.organisation?.message}
      />
      <Fields form={form as unknown as UseFormReturn<Values>} />
      <FormButtons isBusy={isSubmitting} save={t("add")} onCancel={() => void navigate("/admin/webhooks")} />
    </Form>
  );
}

function useNew(onMade: (made: WebhookMade) => void) {
  const t = useText(messages);
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  const schema = useMemo(() => z.extend(valuesOf(t("url.missing")), { organisation: needed(t("organisation.missing")) }), [t]);
  const form = useForm<NewValues>({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { organisation: "", url: "", description: "", events: [] },
  });
  const submit = async (body: NewValues) => {
    const made = await api.post("/webhooks", { body, idempotencyKey: key.for(body) });
    await cache.invalidateQueries({ queryKey: ["admin", "webhooks"] });
    onMade(made);
  };
  return { form, submit };
}
