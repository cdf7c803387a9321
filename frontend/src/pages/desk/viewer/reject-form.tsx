/** Rejecting a document: the reason, and who reads it. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Document } from "@/api/queries";
import { Button } from "@/components/button";
import { TextArea } from "@/components/field";
import { ConflictCard } from "@/components/notice";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import type { useVerify } from "../acting";
import { messages } from "./messages";

interface RejectFormProps {
  document: Document;
  verify: ReturnType<typeof useVerify>;
  /** Whether somebody else has judged the document since the form was opened. */
  isOvertaken: boolean;
  onReload: () => void;
  onEnd: () => void;
  /** What they have said of it. */
  children: ReactNode;
}

export function RejectForm({ document, verify, isOvertaken, onReload, onEnd, children }: RejectFormProps) {
  const t = useText(messages);
  const say = useProblemText();
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const focus = () => form.current?.querySelector("textarea")?.focus();
  useEffect(focus, []);
  const reject = () => {
    setMissing(!reason.trim());
    if (reason.trim()) verify.mutate({ verification: "rejected", reason: reason.trim() }, { onSuccess: onEnd });
  };
  const refused = verify.error && asProblem(verify.error).status !== 412 ? say(asProblem(verify.error)) : undefined;
  return (
    <form
      ref={form}
      noValidate
      aria-label={t("verdict.rejectIt", { name: document.file_name })}
      className="flex shrink-0 flex-col gap-3 border-t border-line bg-surface p-3"
      onSubmit={(event) => {
        event.preventDefault();
        reject();
      }}
      onKeyDown={({ key }) => key === "Escape" && onEnd()}
    >
      {isOvertaken && (
        <ConflictCard
          onReload={() => {
            onReload();
            focus();
          }}
        />
      )}
      {children}
      <TextArea
        name="verdict"
        rows={2}
        label={t("verdict.rejectNamed", { name: document.file_name })}
        hint={t("verdict.hint")}
        value={reason}
        error={isMissing ? t("verdict.missing") : refused}
        onChange={({ target }) => setReason(target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="danger" size="small" busy={verify.isPending}>
          {t("verdict.reject")}
        </Button>
        <Button variant="secondary" size="small" onClick={onEnd}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
