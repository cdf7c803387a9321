/** Changing one's password, which ends every session. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { forgetSession, useMe } from "@/api/session";
import { Button } from "@/components/button";
import { Form } from "@/components/form";
import { PasswordField } from "@/components/password-field";
import { secret, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function PasswordForm() {
  const t = useText(messages);
  const me = useMe();
  const navigate = useNavigate();
  const schema = useMemo(
    () =>
      z.object({
        current_password: secret(t("password.currentMissing")),
        new_password: secret(t("password.newMissing")),
      }),
    [t],
  );
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { current_password: "", new_password: "" },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = async (body: z.infer<typeof schema>) => {
    await api.post("/auth/password", { body });
    await navigate("/sign-in", { state: { done: "reset.done" } });
    forgetSession();
  };
  return (
    <Form form={form} onSubmit={submit} className="flex max-w-md flex-col gap-5">
      {/* For password managers: whose password it is. */}
      <input type="hidden" name="username" autoComplete="username" value={me.email} readOnly />
      <PasswordField
        {...form.register("current_password")}
        label={t("password.current")}
        error={errors.current_password?.message}
        autoComplete="current-password"
      />
      <PasswordField
        {...form.register("new_password")}
        label={t("password.new")}
        hint={t("password.hint")}
        error={errors.new_password?.message}
        autoComplete="new-password"
      />
      <Button type="submit" busy={isSubmitting} className="self-start">
        {t("password.button")}
      </Button>
    </Form>
  );
}
