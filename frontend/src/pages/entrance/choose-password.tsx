/** Choosing a password with the token of a mail's link: anew, or for the first time. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { Button, LinkButton } from "@/components/button";
import { Form } from "@/components/form";
import { Notice } from "@/components/notice";
import { PasswordField } from "@/components/password-field";
import { secret, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { EntrancePage } from "./layout";
import { messages } from "./messages";

type Purpose = "reset" | "invitation";

export function ChoosePassword({ purpose }: { purpose: Purpose }) {
  const t = useText(messages);
  const token = useLinkToken();
  return (
    <EntrancePage title={t(`${purpose}.title`)} intro={t(`${purpose}.intro`)}>
      {token ? <PasswordForm purpose={purpose} token={token} /> : <Notice kind="attention">{t("link.missing")}</Notice>}
      <LinkButton to="/sign-in" variant="quiet">
        {t("back")}
      </LinkButton>
    </EntrancePage>
  );
}

function PasswordForm({ purpose, token }: { purpose: Purpose; token: string }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const schema = useMemo(() => z.object({ password: secret(t("newPasswordMissing")) }), [t]);
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { password: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = async ({ password }: { password: string }) => {
    const body = { token, password };
    await (purpose === "reset"
      ? api.post("/auth/password-reset/confirm", { body })
      : api.post("/auth/invitations/accept", { body }));
    await navigate("/sign-in", { state: { done: `${purpose}.done` } });
  };
  return (
    <Form form={form} onSubmit={submit}>
      <PasswordField
        {...form.register("password")}
        label={t("newPassword")}
        hint={t("newPasswordHint")}
        error={errors.password?.message}
        autoComplete="new-password"
      />
      <Button type="submit" busy={isSubmitting}>
        {t(`${purpose}.button`)}
      </Button>
    </Form>
  );
}

/** The token after the `#`; taken out of the address at once, so that it stays in no history. */
function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "");
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return token;
}
