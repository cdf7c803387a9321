/** One's own account: who one is, what one is told by which channel, the password, the devices, language and appearance. */
import { type ReactNode, Suspense, lazy } from "react";
import { useMe } from "@/api/session";
import { Card, Section } from "@/components/card";
import { Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages as shellMessages } from "@/shell/messages";
import { LanguageChoice, ThemeChoice } from "@/shell/settings";
import { Devices } from "./devices";
import { messages } from "./messages";
import { PasswordForm } from "./password";
import { Preferences } from "./preferences";

// Fetched after the page: many installs have neither.
const Notices = lazy(async () => ({ default: (await import("./notices")).Notices }));
const Chats = lazy(async () => ({ default: (await import("./chats")).Chats }));

export default function AccountPage() {
  const t = useText(messages);
  return (
    <Page title={t("title")} width="text">
      <div className="flex flex-col gap-10">
        <Section id="person" title={t("person.title")}>
          <Person />
        </Section>
        <Section id="preferences" title={t("told.title")}>
          <p className="text-muted">{t("told.intro")}</p>
          <Preferences />
        </Section>
        <Suspense>
          <Notices />
          <Chats />
        </Suspense>
        <Section id="password" title={t("password.title")}>
          <p className="text-muted">{t("password.intro")}</p>
          <PasswordForm />
        </Section>
        <Section id="devices" title={t("devices.title")}>
          <Devices />
        </Section>
        <Section id="look" title={t("look.title")}>
          <div className="flex flex-wrap gap-4">
            <LanguageChoice />
            <ThemeChoice />
          </div>
        </Section>
      </div>
    </Page>
  );
}

function Person() {
  const t = useText(messages);
  const role = useText(shellMessages);
  const me = useMe();
  const organisations = me.entity_assignments.map(({ name }) => name).join(", ");
  return (
    <Card>
      <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-[auto_1fr]">
        <Fact name={t("name")}>{me.name}</Fact>
        <Fact name={t("email")}>{me.email}</Fact>
        <Fact name={t("role")}>{role.of(`role.${me.role}`, me.role)}</Fact>
        {organisations && <Fact name={t("works")}>{organisations}</Fact>}
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="-mt-3 min-w-0 font-medium sm:mt-0">{children}</dd>
    </>
  );
}
