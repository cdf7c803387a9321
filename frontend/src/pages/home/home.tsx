/** The first page of a signed-in person. */
import { useMe } from "@/api/session";
import { Heading, Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export default function HomePage() {
  const t = useText(messages);
  const me = useMe();
  return (
    <Page title={t("title")} heading={<Heading>{t("hello", { name: me.name })}</Heading>}>
      {null}
    </Page>
  );
}
