/** Opening an account as a policyholder; the answer is the same when the address has one. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/api/client";
import { Button, LinkButton } from "@/components/button";
import { TextField } from "@/components/field";
import { Form } from "@/components/form";
import { PasswordField } from "@/components/password-field";
import { emailAddress, needed, secret, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { Sent } from "./forgot-password";
import { EntrancePage } from "./layout";
import { messages } from "./messages";

export default function RegisterPage() {
  const t = useText(messages);
  const [sentTo, setSentTo] = useState("");
  const schema = useMemo(
    () =>
      z.object({
        name: needed(t("nameMissing")),
        email: emailAddress(t("emailMissing"), t("emailMalformed")),
        password: secret(t("newPasswordMissing")),
      }),
    [t],
  );
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { name: "", email: "", password: "" },
  });
  const { errors, isSubmitting } = form.formState;
  if (sentTo) return <Sent title={t("register.done")}>{t("register.doneText", { email: sentTo })}</Sent>;
  return (
    <EntrancePage title={t("register.title")} intro={t("register.intro")}>
      <Form
        form={form}
        onSubmit={async (body) => {
          await api.post("/auth/register", { body });
          setSentTo(body.email);
        }}
      >
        <TextField
          {...form.register("name")}
          label={t("name")}
          hint={t("nameHint")}
          error={errors.name?.message}
          autoComplete="name"
        />
        <TextField
          {...form.register("email")}
          label={t("email")}
          error={errors.email?.message}
          type="email"
          autoComplete="username"
          inputMode="email"
        />
        <PasswordField
          {...form.register("password")}
          label={t("password")}
          hint={t("newPasswordHint")}
          error={errors.password?.message}
          autoComplete="new-password"
        />
        <Button type="submit" busy={isSubmitting}>
          {t("register.button")}
        </Button>
        <LinkButton to="/sign-in" variant="quiet">
          {t("back")}
        </LinkButton>
      </Form>
    </EntrancePage>
  );
}
