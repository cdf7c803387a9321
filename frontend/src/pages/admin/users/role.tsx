/** Giving another role or level, after what it ends was said. */
import { zodResolver } from "@hookform/resolvers/zod";
import { UserCog } from "lucide-react";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Form } from "@/components/form";
import { z } from "@/components/rules";
import { Notice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { useRace } from "../parts/conflict";
import { FormButtons } from "../parts/form-buttons";
import type { User } from "../queries";
import { messages } from "./messages";
import { RoleFields } from "./role-fields";
import { baseOf } from "./roles";

const schema = z.object({ role: z.string(), level: z.string() });

export function ChangeRole({ user }: { user: User }) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="secondary" size="small" icon={<UserCog className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {t("role.change")}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("role.changeOf", { name: user.name })}>
        <RoleForm user={user} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function RoleForm({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useText(messages);
  const race = useRace(user);
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { role: baseOf(user.role) as string, level: String(user.level) },
  });
  const role = useWatch({ control: form.control, name: "role" });
  const submit = async (values: z.infer<typeof schema>) => {
    const level = values.role === "claim_processor" ? Number(values.level) : 0;
    const body = { role: values.role as User["role"] & "admin", level };
    const change = (ifMatch: number) => api.patch("/users/{user_id}", { path: { user_id: user.id }, body, ifMatch });
    if (!(await race.run(change))) return;
    onClose();
    toast(t("role.changed", { name: user.name }));
  };
  return (
    <Form form={form} onSubmit={submit} className="flex flex-col gap-5">
      {race.card}
      <RoleFields form={form} />
      <Notice kind="attention">
        <p>{t("role.ends", { name: user.name })}</p>
        {role !== baseOf(user.role) && <p>{t("role.unassigns")}</p>}
      </Notice>
      <FormButtons isBusy={form.formState.isSubmitting} save={t("role.change")} onCancel={onClose} />
    </Form>
  );
}
