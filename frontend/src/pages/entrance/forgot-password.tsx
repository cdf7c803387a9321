/** Asking for a link to choose a new password; the answer is the same for every address. */
import { zodResolver } from "@hookform/resolvers/zod";
import { MailCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/api/client";
import { Button, LinkButton } from "@/components/button";
import { TextField } from "@/components/field";
import { Form } from "@/components/form";
import { State } from "@/components/page";
import { emailAddress, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { EntrancePage } from "./layout";
import { messages } from "./messages";

export default function ForgotPasswordPage() {
  const t = useText(messages);
  const [sentTo, setSentTo] = useState("");
  const schema = useMemo(
    () => z.object({ email: emailAddress(t("emailMissing"), t("emailMalformed")) }),
    [t],
  );
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { email: "" } });
  const { errors, isSubmitting } = form.formState;
  if (sentTo) return <Sent title={t("forgot.done")}>{t("forgot.doneText", { email: sentTo })}</Sent>;
  return (
    <EntrancePage title={t("forgot.title")} intro={t("forgot.intro")}>
      <Form
        form={form}
        onSubmit={async ({ email }) => {
          await api.post("/auth/password-reset", { body: { email } });
          setSentTo(email);
        }}
      >
        <TextField
          {...form.register("email")}
          label={t("email")}
          error={errors.email?.message}
          type="email"
          autoComplete="username"
          inputMode="email"
        />
        <Button type="submit" busy={isSubmitting}>
          {t("forgot.button")}
        </Button>
        <LinkButton to="/sign-in" variant="quiet">
          {t("back")}
        </LinkButton>
      </Form>
    </EntrancePage>
  );
}

/** Tells that a mail tells the rest. */
export function Sent({ title, children }: { title: string; children: string }) {
  const t = useText(messages);
  const back = (
    <LinkButton to="/sign-in" variant="secondary">
      {t("back")}
    </LinkButton>
  );
  return (
    <div role="status">
      <State icon={MailCheck} title={title} level="h1" action={back}>
        {children}
      </State>
    </div>
  );
}
