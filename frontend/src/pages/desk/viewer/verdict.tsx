/** What is said of the document: verified, or rejected with a reason that the filer reads. */
import { CircleCheck, CircleX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Document } from "@/api/queries";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { useShortcuts } from "@/keyboard/shortcuts";
import { isJudgedAnew, useVerify } from "../acting";
import { messages } from "./messages";
import { type StaffClaim, useMayAct } from "../queries";
import { RejectForm } from "./reject-form";

export function Verdict({ claim, document }: { claim: StaffClaim; document: Document }) {
  // What the form was opened on; null while it is not.
  const [rejected, setRejected] = useState<{ claim: StaffClaim; document: Document } | null>(null);
  const mayAct = useMayAct();
  const verify = useVerify(rejected?.claim ?? claim, rejected?.document ?? document);
  // What was refused of the one is no word about the other.
  const reject = (isOn: boolean) => {
    verify.reset();
    setRejected(isOn ? { claim, document } : null);
  };
  useVerdictKeys(document, mayAct && !rejected && !verify.isPending, () => verify.mutate({ verification: "verified" }), () => reject(true));
  if (rejected) {
    return (
      <RejectForm verify={verify} document={document} isOvertaken={isJudgedAnew(rejected.document, document)} onReload={() => reject(true)} onEnd={() => reject(false)}>
        {document.verification !== "unverified" && <Said document={document} />}
      </RejectForm>
    );
  }
  return (
    <div className="flex min-h-13 shrink-0 flex-wrap items-center gap-2 border-t border-line bg-surface px-3 py-2">
      <Said document={document} />
      <Problem error={verify.error} />
      {mayAct && <Buttons document={document} verify={verify} onReject={() => reject(true)} />}
    </div>
  );
}

type Verify = ReturnType<typeof useVerify>;

function Buttons({ document: { verification, file_name: name }, verify, onReject }: { document: Document; verify: Verify; onReject: () => void }) {
  const t = useText(messages);
  const verifying = verify.isPending;
  if (verification !== "unverified") {
    return (
      <Button variant="quiet" size="small" busy={verifying} onClick={() => verify.mutate({ verification: "unverified" })}>
        {t("verdict.takeBack")}
      </Button>
    );
  }
  return (
    <>
      <Button variant="secondary" size="small" aria-keyshortcuts="v" busy={verifying} icon={<CircleCheck className="size-4 text-positive" aria-hidden />} onClick={() => verify.mutate({ verification: "verified" })}>
        <Named name={name}>{t("verdict.verify")}</Named>
        <Kbd keys="v" />
      </Button>
      <Button variant="secondary" size="small" aria-keyshortcuts="x" disabled={verifying} icon={<CircleX className="size-4 text-negative" aria-hidden />} onClick={onReject}>
        <Named name={name}>{t("verdict.reject")}</Named>
        <Kbd keys="x" />
      </Button>
    </>
  );
}

/** What stands on a button, and for screen readers what it is about. */
function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span>
      {children} <span className="sr-only">{name}</span>
    </span>
  );
}

function Said({ document: { verification, verification_reason: reason, replaced_by: isReplaced } }: { document: Document }) {
  const t = useText(messages);
  const looks = { verified: "text-positive", rejected: "text-negative" }[verification] ?? "text-muted";
  const Icon = { verified: CircleCheck, rejected: CircleX }[verification];
  return (
    <p role="status" className={cx("flex min-w-32 flex-1 items-start gap-1.5", looks)}>
      {Icon && <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />}
      <span>
        {[t.of(`verdict.${verification}`, verification), reason].filter(Boolean).join(": ")}
        {isReplaced && <span className="block text-muted">{t("viewer.replaced")}</span>}
      </span>
    </p>
  );
}

function Problem({ error }: { error: unknown }) {
  const say = useProblemText();
  if (!error) return null;
  return (
    <p role="alert" className="w-full text-negative">
      {say(asProblem(error))}
    </p>
  );
}

function useVerdictKeys({ verification }: Document, mayAct: boolean, onVerify: () => void, onReject: () => void): void {
  const t = useText(messages);
  const when = mayAct && verification === "unverified";
  const group = t("keys.documents");
  useShortcuts([
    { keys: "v", label: t("verdict.verify"), run: onVerify, when, group },
    { keys: "x", label: t("verdict.reject"), run: onReject, when, group },
  ]);
}
