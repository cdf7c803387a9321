/** Changing where a webhook leads, what it is for, and what it is told of. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Pencil } from "lucide-react";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Form } from "@/components/form";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { useRace } from "../parts/conflict";
import { FormButtons } from "../parts/form-buttons";
import { Fields, type Values, valuesOf } from "./fields";
import { messages } from "./messages";
import type { Webhook } from "./queries";

export function EditWebhook({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const words = useText(shared);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="secondary" size="small" icon={<Pencil className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {words("edit")}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("edit")}>
        <EditForm webhook={webhook} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function EditForm({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = useText(messages);
  const words = useText(shared);
  const race = useRace(webhook);
  const schema = useMemo(() => valuesOf(t("url.missing")), [t]);
  const { url, description, events } = webhook;
  const form = useForm<Values>({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { url, description, events } });
  const submit = async (body: Values) => {
    const change = (ifMatch: number) => api.patch("/webhooks/{webhook_id}", { path: { webhook_id: webhook.id }, body, ifMatch });
    if (!(await race.run(change))) return;
    onClose();
    toast(words("saved"));
  };
  return (
    <Form form={form} onSubmit={submit} className="flex flex-col gap-5">
      {race.card}
      <Fields form={form} />
      <FormButtons isBusy={form.formState.isSubmitting} save={words("save")} onCancel={onClose} />
    </Form>
  );
}
