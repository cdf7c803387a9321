/** Somebody else was faster: who has the claim, over the list so that no row moves. */
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type Refused, holderOf } from "./working";

export function Conflict({ refused, onDismiss }: { refused: Refused | null; onDismiss: () => void }) {
  const t = useText(messages);
  const say = useProblemText();
  const holder = refused && holderOf(refused.problem);
  const number = refused?.row.claim_number ?? "";
  const dismiss = (
    <Button variant="secondary" size="small" onClick={onDismiss}>
      {t("dismiss")}
    </Button>
  );
  return (
    <div role="status" className="no-print fixed inset-x-4 bottom-4 z-30 mx-auto max-w-xl empty:hidden">
      {refused && (
        <div className="rounded-surface border border-line bg-surface shadow-float">
          <Notice kind="attention" title={holder ? t("taken", { name: holder.name, number }) : number} action={dismiss}>
            <p>{holder ? t("taken.what") : say(asProblem(refused.problem))}</p>
          </Notice>
        </div>
      )}
    </div>
  );
}
