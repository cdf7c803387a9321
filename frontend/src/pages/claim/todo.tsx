/** What the claimant can do now: send a document anew that was not accepted, or appeal a decision. */
import { useState } from "react";
import type { Claim, Document } from "@/api/queries";
import { useQuery } from "@tanstack/react-query";
import { historyQuery } from "@/api/queries";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { allows, useAppealEnd } from "./about";
import { AddDocuments, Appeal } from "./later";
import { messages } from "./messages";

export function Todo({ claim }: { claim: Claim }) {
  return (
    <>
      {claim.documents.map((document) => (
        <Resend key={document.id} claim={claim} document={document} />
      ))}
      <Decided claim={claim} />
    </>
  );
}

function isRefused({ verification: mark, replaced_by: by }: Document): boolean {
  return mark === "rejected" && !by;
}

function Resend({ claim, document }: { claim: Claim; document: Document }) {
  const t = useText(messages);
  const [isAdding, setAdding] = useState(false);
  const isAsked = claim.status_group !== "closed" && isRefused(document);
  // Files that were chosen stay when the claim changes meanwhile.
  if (!isAsked && !isAdding) return null;
  const button = (
    <Button variant="secondary" size="small" onClick={() => setAdding(true)}>
      {t("todo.replaceButton")}
    </Button>
  );
  return (
    <div className="flex flex-col gap-3">
      {isAsked && (
        <Notice kind="attention" action={!isAdding && button}>
          {t("todo.replace", { name: document.file_name, reason: document.verification_reason ?? "" })}
        </Notice>
      )}
      {isAdding && <AddDocuments claim={claim} replaces={document} onEnd={() => setAdding(false)} />}
    </div>
  );
}

function Decided({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const format = useFormat();
  const [isAppealing, setAppealing] = useState(false);
  const end = useAppealEnd(claim);
  const { data: history } = useQuery(historyQuery(claim.claim_number));
  const hasAppealed = claim.status === "rejected" && history?.some(({ action }) => action === "appeal");
  const button = (
    <Button variant="secondary" onClick={() => setAppealing(true)}>
      {t("appeal")}
    </Button>
  );
  return (
    <>
      {allows(claim, "appeal") ? (
        <Notice kind="info" title={t("todo.title")} action={button}>
          <p>{t("todo.appeal", { date: end ? format.date(end) : "…" })}</p>
        </Notice>
      ) : (
        hasAppealed && <Notice>{t("todo.appealOnce")}</Notice>
      )}
      {isAppealing && <Appeal claim={claim} end={end} onClose={() => setAppealing(false)} />}
    </>
  );
}
