/** The hospital's first page: what waits for it by urgency, then, more quietly, what is with the payers and what was decided. */
import { FilePlus2 } from "lucide-react";
import { useMe } from "@/api/session";
import { LinkButton } from "@/components/button";
import { Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { hospitalsOf } from "../queries";
import { Drafts } from "./drafts";
import { Latest } from "./latest";
import { messages } from "./messages";
import { WaitingForUs } from "./waiting-for-us";

export default function HospitalHome() {
  const t = useText(messages);
  const hospitals = hospitalsOf(useMe()).map(({ name }) => name);
  return (
    <Page title={t("title")} intro={hospitals.join(", ")} width="desk" actions={<SubmitButton />}>
      <WaitingForUs />
      <Drafts />
      <Latest />
    </Page>
  );
}

export function SubmitButton() {
  const t = useText(messages);
  return (
    <LinkButton to="/hospital/submit" icon={<FilePlus2 className="size-5" aria-hidden />} className="w-full sm:w-auto">
      {t("submit")}
    </LinkButton>
  );
}
