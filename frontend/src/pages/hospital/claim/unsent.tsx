/** What was written for an action that is no longer possible, as when a colleague was faster: shown, so that it is not lost. */
import { useState } from "react";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy";
import { Notice } from "@/components/notice";
import { useText } from "@/i18n/text";
import { unsentUnder } from "../kept";
import type { HospitalClaim } from "../queries";
import { messages } from "./messages";
import { keptName } from "./question";

export function Unsent({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  const me = useMe();
  const [, setForgotten] = useState(0);
  const offered = new Set(claim.allowed_actions.map(({ action }) => keptName(claim, action)));
  const left = unsentUnder(me.id, `${claim.id}/`).filter(([name]) => !offered.has(name));
  const texts = left.flatMap(([, kept]) => Object.values(kept.read() as Record<string, string>)).filter((text) => text.trim());
  const files = left.flatMap(([, kept]) => kept.uploads.all().map(({ name }) => name));
  if (texts.length + files.length === 0) return null;
  const forget = () => {
    for (const [, kept] of left) kept.clear();
    setForgotten((before) => before + 1);
  };
  return (
    <Notice
      kind="attention"
      live
      title={t("unsent.title")}
      action={
        <Button variant="secondary" size="small" onClick={forget}>
          {t("unsent.forget")}
        </Button>
      }
    >
      <p>{t("unsent.text")}</p>
      {texts.map((text) => (
        <p key={text} className="mt-2 flex items-start gap-1 rounded-control bg-surface px-3 py-1 whitespace-pre-line">
          <span className="flex-1 py-2">{text}</span>
          <CopyButton text={text} />
        </p>
      ))}
      {files.length > 0 && <p className="mt-2">{files.join(", ")}</p>}
    </Notice>
  );
}
