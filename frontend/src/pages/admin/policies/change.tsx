/** Suspending, ending or extending a policy, or changing its cover. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Pencil } from "lucide-react";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { SelectField, TextField } from "@/components/field";
import { Form } from "@/components/form";
import { needed, z } from "@/components/rules";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { useRace } from "../parts/conflict";
import { FormButtons } from "../parts/form-buttons";
import type { PolicyRecord } from "../queries";
import { messages } from "./messages";
import { POLICY_STATUSES } from "./standing";

export function ChangePolicy({ policy }: { policy: PolicyRecord }) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="secondary" size="small" icon={<Pencil className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {t("change")}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("change")}>
        <ChangeForm policy={policy} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function ChangeForm({ policy, onClose }: { policy: PolicyRecord; onClose: () => void }) {
  const t = useText(messages);
  const words = useText(shared);
  const format = useFormat();
  const { form, race, submit } = useChange(policy, onClose);
  const { errors, isSubmitting } = form.formState;
  const status = useWatch({ control: form.control, name: "status" });
  return (
    <Form form={form} onSubmit={submit} className="flex flex-col gap-5">
      {race.card}
      <SelectField {...form.register("status")} label={words("status")} hint={t(`status.${status}.hint`)} error={errors.status?.message}>
        {POLICY_STATUSES.map((each) => (
          <option key={each} value={each}>
            {t(`status.${each}`)}
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
        label={t("cover")}
        hint={t("cover.atLeast", { used: format.amount(policy.cover_used, policy.currency) })}
        error={errors.cover_amount?.message}
      />
      <FormButtons isBusy={isSubmitting} save={words("save")} onCancel={onClose} />
    </Form>
  );
}

function useChange(policy: PolicyRecord, onClose: () => void) {
  const t = useText(messages);
  const words = useText(shared);
  const race = useRace(policy);
  const schema = useMemo(
    () =>
      z.object({
        status: z.enum(POLICY_STATUSES),
        start_date: needed(t("start.missing")),
        end_date: needed(t("end.missing")),
        cover_amount: needed(t("cover.missing")),
      }),
    [t],
  );
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: {
      status: policy.status,
      start_date: policy.start_date,
      end_date: policy.end_date,
      cover_amount: policy.cover_amount.replace(/\.0+$/, ""),
    },
  });
  const submit = async (body: z.infer<typeof schema>) => {
    const path = { policy_id: policy.id };
    if (!(await race.run((ifMatch) => api.patch("/policies/{policy_id}", { path, body, ifMatch })))) return;
    onClose();
    toast(words("saved"));
  };
  return { form, race, submit };
}
