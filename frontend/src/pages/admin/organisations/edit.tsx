/** Changing an organisation: its name, with whom it works, and whether it is open. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { Form } from "@/components/form";
import { needed, z } from "@/components/rules";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { useRace } from "../parts/conflict";
import { FormButtons } from "../parts/form-buttons";
import { Picks } from "../parts/picks";
import { organisationOption, organisations } from "../parts/sources";
import { type Organisation, organisationsQuery } from "../queries";
import { messages } from "./messages";

export function EditOrganisation({ organisation }: { organisation: Organisation }) {
  const words = useText(shared);
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="secondary" size="small" icon={<Pencil className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {words("edit")}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("edit")}>
        <EditForm organisation={organisation} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function EditForm({ organisation, onClose }: { organisation: Organisation; onClose: () => void }) {
  const t = useText(messages);
  const words = useText(shared);
  const { form, race, submit } = useEdit(organisation, onClose);
  const { errors, isSubmitting } = form.formState;
  const partners = useWatch({ control: form.control, name: "works_with" });
  return (
    <Form form={form} onSubmit={submit} className="flex flex-col gap-5">
      {race.card}
      <TextField {...form.register("name")} label={t("name")} error={errors.name?.message} maxLength={200} autoComplete="off" />
      <Picks
        name="works_with"
        label={t("worksWith")}
        hint={t(`worksWith.${organisation.kind}`)}
        source={organisations(organisation.kind === "hospital" ? "payer" : "hospital")}
        value={partners}
        onChange={(options) => form.setValue("works_with", options)}
      />
      <label className="flex items-start gap-3">
        <input {...form.register("is_active")} type="checkbox" className="mt-0.5 size-5 accent-brand" />
        <span>
          <span className="block font-semibold">{words("open")}</span>
          <span className="text-muted">{t("closed.hint")}</span>
        </span>
      </label>
      <FormButtons isBusy={isSubmitting} save={words("save")} onCancel={onClose} />
    </Form>
  );
}

function useEdit(organisation: Organisation, onClose: () => void) {
  const t = useText(messages);
  const words = useText(shared);
  const race = useRace(organisation);
  const { data } = useInfiniteQuery(organisationsQuery({ limit: 200 }));
  const schema = useMemo(() => {
    const option = z.object({ id: z.string(), name: z.string(), note: z.string() });
    return z.object({ name: needed(t("name.missing")), is_active: z.boolean(), works_with: z.array(option) });
  }, [t]);
  const names = new Map(data?.pages.flatMap(({ items }) => items.map(({ number, name }) => [number, name] as const)));
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: {
      name: organisation.name,
      is_active: organisation.is_active,
      works_with: organisation.works_with.map((number) => organisationOption({ number, name: names.get(number) ?? number })),
    },
  });
  const submit = async ({ works_with: partners, ...values }: z.infer<typeof schema>) => {
    const body = { ...values, works_with: partners.map(({ id }) => id) };
    const path = { organisation_id: organisation.id };
    if (!(await race.run((ifMatch) => api.patch("/organisations/{organisation_id}", { path, body, ifMatch })))) return;
    onClose();
    toast(words("saved"));
  };
  return { form, race, submit };
}
