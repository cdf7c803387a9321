/** Submitting a claim: the whole form on one page, filled in by hand or from an earlier claim. */
import { Copy } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Problem } from "@/api/problem";
import { roleOf, useMe } from "@/api/session";
import { Button } from "@/components/button";
import { Empty, Failed, Page, SkeletonList } from "@/components/page";
import { Discard } from "@/drafts/discard";
import { Elsewhere } from "@/drafts/elsewhere";
import { useText } from "@/i18n/text";
import { useWarningBeforeClosing } from "../kept";
import { forget, keeperOf, useDraft, useSaving } from "./draft";
import { CopyFromEarlier } from "./earlier";
import { messages } from "./messages";
import { useOpening, useSavingAtTheEnd } from "./opening";
import { type Parties, useParties } from "./parties";
import { SubmitForm } from "./submit-form";

const NO_RIGHT = new Problem(403, { code: "role_not_allowed" });

export default function SubmitPage() {
  return roleOf(useMe()) === "hospital_user" ? <Submitting /> : <NotHere />;
}

export function NotHere() {
  return (
    <div className="mx-auto max-w-2xl px-4 py-10">
      <Failed level="h1" error={NO_RIGHT} />
    </div>
  );
}

function Submitting() {
  const t = useText(messages);
  const parties = useParties();
  const draft = useDraft();
  const { error, retry, isOpen } = useOpening(draft);
  useWarningBeforeClosing();
  useSavingAtTheEnd(draft);
  if (error) {
    return (
      <Page title={t("title")} width="desk">
        <Failed error={error} retry={retry} />
      </Page>
    );
  }
  if (!parties || !isOpen) {
    return (
      <Page title={t("title")} width="desk">
        <SkeletonList rows={5} row="h-20" />
      </Page>
    );
  }
  if (parties.error || parties.hospitals.length === 0) {
    return (
      <Page title={t("title")} width="desk">
        {parties.error ? <Failed error={parties.error} /> : <Empty title={t("noHospital")}>{t("noHospitalText")}</Empty>}
      </Page>
    );
  }
  return <Filling parties={parties} />;
}

function Filling({ parties }: { parties: Parties }) {
  const t = useText(messages);
  const draft = useDraft();
  const { epoch, id } = useSaving(draft);
  const [, setSearch] = useSearchParams();
  const [isDiscarding, setDiscarding] = useState(false);
  const [isCopying, setCopying] = useState(false);
  // The form takes its values when it begins; another beginning takes those that were copied.
  const [beginning, setBeginning] = useState(0);
  const copy = (
    <Button
      variant="secondary"
      icon={<Copy className="size-4.5" aria-hidden />}
      aria-expanded={isCopying}
      className="w-full sm:w-auto"
      onClick={() => setCopying(!isCopying)}
    >
      {t("copy")}
    </Button>
  );
  const clear = () => {
    forget(draft);
    setSearch({}, { replace: true });
    begin();
  };
  const begin = () => {
    setCopying(false);
    setBeginning(beginning + 1);
  };
  return (
    <Page title={t("title")} intro={t("intro")} width="form" actions={copy}>
      <div className="flex flex-col gap-6">
        <Elsewhere keeper={keeperOf(draft)} />
        {isCopying && <CopyFromEarlier draft={draft} parties={parties} onCopied={begin} />}
        <SubmitForm key={`${epoch} ${beginning}`} draft={draft} parties={parties} isFresh={beginning === 0} onForget={() => setDiscarding(true)} />
        {isDiscarding && <Discard id={id} onClose={() => setDiscarding(false)} onDone={clear} />}
      </div>
    </Page>
  );
}
