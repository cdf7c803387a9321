/** Signing in; in the demo also by one press on a person. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { Link, Navigate, useLocation, useSearchParams } from "react-router";
import { configQuery } from "@/api/queries";
import { meQuery, signIn } from "@/api/session";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { Form } from "@/components/form";
import { Notice } from "@/components/notice";
import { PasswordField } from "@/components/password-field";
import { emailAddress, secret, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { Demo } from "./demo";
import { EntrancePage } from "./layout";
import { messages } from "./messages";

export default function SignInPage() {
  const t = useText(messages);
  const { data: me } = useQuery(meQuery);
  const { data: config } = useQuery(configQuery);
  const [search] = useSearchParams();
  const { state } = useLocation() as { state: { done?: "reset.done" | "invitation.done" } | null };
  const next = search.get("next");
  if (me) return <Navigate replace to={isOwnPath(next) ? next : "/"} />;
  return (
    <EntrancePage title={t("signIn.title")}>
      {state?.done && <Notice kind="done">{t(state.done)}</Notice>}
      {next && <Notice>{t("signInFirst")}</Notice>}
      <SignInForm />
      {config?.demo && <Demo demo={config.demo} />}
    </EntrancePage>
  );
}

function SignInForm() {
  const t = useText(messages);
  const schema = useMemo(
    () =>
      z.object({
        email: emailAddress(t("emailMissing"), t("emailMalformed")),
        password: secret(t("passwordMissing")),
      }),
    [t],
  );
  const form = useForm({
    resolver: zodResolver(schema),
    shouldFocusError: false,
    defaultValues: { email: "", password: "" },
  });
  const { errors, isSubmitting } = form.formState;
  return (
    <Form form={form} onSubmit={({ email, password }) => signIn(email, password)}>
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
        error={errors.password?.message}
        autoComplete="current-password"
      />
      <Button type="submit" busy={isSubmitting}>
        {t("signIn.button")}
      </Button>
      <p className="flex flex-wrap justify-between gap-x-6 gap-y-2">
        <Link to="/forgot-password" className="text-brand underline underline-offset-4">
          {t("forgot")}
        </Link>
        <span className="flex gap-2">
          <span className="text-muted">{t("newHere")}</span>
          <Link to="/register" className="text-brand underline underline-offset-4">
            {t("register")}
          </Link>
        </span>
      </p>
    </Form>
  );
}

/** Only to pages of this app: an address like `//elsewhere.example` leads out of it. */
function isOwnPath(path: string | null): path is string {
  return path !== null && /^\/(?![/\\])/.test(path);
}
