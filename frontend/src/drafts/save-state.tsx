/** Whether all that was entered is with the server; read out only when it is not. */
import { CircleAlert, CloudCheck, CloudUpload, RotateCw } from "lucide-react";
import { cx } from "@/components/cx";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import type { KeeperState } from "./keeper";
import { messages } from "./saving-messages";

interface SaveStateProps {
  state: Pick<KeeperState<unknown>, "standing" | "problem">;
  className?: string;
}

export function SaveState({ state: { standing, problem }, className }: SaveStateProps) {
  const t = useText(messages);
  const say = useProblemText();
  const looks = cx("flex items-center gap-1.5 text-sm", className);
  const isTrouble = standing === "waiting" || standing === "refused";
  const Trouble = standing === "waiting" ? RotateCw : CircleAlert;
  return (
    <div className={looks}>
      <div role="status" className={cx("flex items-center gap-1.5", standing === "refused" ? "text-negative" : "text-waiting")}>
        {isTrouble && (
          <>
            <Trouble className="size-4 shrink-0" aria-hidden />
            {standing === "waiting" ? t("save.waiting") : t("save.refused", { why: problem ? say(problem) : "" })}
          </>
        )}
      </div>
      {(standing === "saving" || standing === "unsaved") && (
        <span className="flex items-center gap-1.5 text-muted">
          <CloudUpload className="size-4 shrink-0" aria-hidden />
          {t("save.saving")}
        </span>
      )}
      {standing === "saved" && (
        <span className="flex items-center gap-1.5 text-muted">
          <CloudCheck className="size-4 shrink-0 text-positive" aria-hidden />
          {t("save.saved")}
        </span>
      )}
    </div>
  );
}
