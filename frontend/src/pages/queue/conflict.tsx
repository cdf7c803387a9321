/** Somebody else was faster: who has the claim, over the list so that no row moves. */
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { useRefusalText } from "./use-refusal-text";
import { type Refused, holderOf } from "./working";

export function Conflict({ refused, onDismiss }: { refused: Refused | null; onDismiss: () => void }) {
  const t = useText(messages);
  const say = useRefusalText();
  const holder = refused && holderOf(refused.problem);
  const dismiss = (
    <Button variant="secondary" size="small" onClick={onDismiss}>
      {t("dismiss")}
    </Button>
  );
  return (
    <div role="status" className="no-print fixed inset-x-4 bottom-4 z-30 mx-auto max-w-xl empty:hidden">
      {refused && (
        <div className="rounded-surface border border-line bg-surface shadow-float">
          <Notice kind="attention" title={holder ? say(refused) : refused.row.claim_number} action={dismiss}>
            <p>{holder ? t("taken.what") : say(refused)}</p>
          </Notice>
        </div>
      )}
    </div>
  );
}
