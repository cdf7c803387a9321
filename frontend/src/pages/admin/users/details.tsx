/** Changing a name, or the id by which another system knows the user: nobody is signed out by it. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Pencil } from "lucide-react";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
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
import type { User } from "../queries";
import { messages } from "./messages";

export function EditDetails({ user }: { user: User }) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="secondary" size="small" icon={<Pencil className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {t("details.edit")}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("details.edit")}>
        <DetailsForm user={user} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function DetailsForm({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText(messages);
  const words = useText(shared);
  const race = useRace(user);
  const schema = useMemo(() => z.object({ name: needed(t("name.missing")), external_uid: z.string() }), [t]);
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { name: user.name, external_uid: user.external_uid ?? "" },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = async ({ name, external_uid: uid }: z.infer<typeof schema>) => {
    const body = { name, external_uid: uid.trim() || null };
    const change = (ifMatch: number) => api.patch("/users/{user_id}", { path: { user_id: user.id }, body, ifMatch });
    if (!(await race.run(change))) return;
    onClose();
    toast(words("saved"));
  };
  return (
    <Form form={form} onSubmit={submit} fieldOf={{ user_exists: "external_uid" }} className="flex flex-col gap-5">
      {race.card}
      <TextField {...form.register("name")} label={t("name")} error={errors.name?.message} maxLength={200} autoComplete="off" />
      <TextField
        {...form.register("external_uid")}
        label={t("externalUid")}
        hint={t("externalUid.hint")}
        error={errors.external_uid?.message}
        maxLength={128}
        autoComplete="off"
      />
      <FormButtons isBusy={isSubmitting} save={words("save")} onCancel={onClose} />
    </Form>
  );
}
