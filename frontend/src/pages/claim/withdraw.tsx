/** Taking the claim back, after its consequence was named. */
import { Undo2 } from "lucide-react";
import { useState } from "react";
import type { Claim } from "@/api/queries";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ConflictCard, ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { allows, usePayer } from "./about";
import { isOvertaken, useAct, useReadAnew } from "./acting";
import { messages } from "./messages";

export function Withdraw({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="no-print empty:hidden">
      {allows(claim, "withdraw") && (
        <Button variant="secondary" size="small" icon={<Undo2 className="size-4" aria-hidden />} onClick={() => setAsking(true)}>
          {t("withdraw")}
        </Button>
      )}
      {isAsking && <Question claim={claim} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** Stays when the claim changes beneath it, and says so. */
function Question({ claim, onClose }: { claim: Claim; onClose: () => void }) {
  const t = useText(messages);
  const payer = usePayer(claim);
  const read = useReadAnew(claim);
  const act = useAct(claim, "withdraw", () => {
    onClose();
    toast(t("withdraw.done"));
  });
  if (isOvertaken(claim, "withdraw", act)) {
    return (
      <Dialog open onClose={onClose} title={t("withdraw.title")}>
        <ConflictCard error={act.error} onReload={() => void read().then(onClose)} />
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={t("withdraw.title")}>
      <p>{t("withdraw.text", { payer })}</p>
      <ProblemNotice error={act.error} />
      <div className="flex flex-wrap gap-3">
        <Button variant="danger" busy={act.isPending} onClick={() => act.mutate({})}>
          {t("withdraw.go")}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {t("withdraw.stay")}
        </Button>
      </div>
    </Dialog>
  );
}
