/** Being rid of a claim that is still being written, after it was said what goes with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { draftsQuery } from "./queries";

interface DiscardProps {
  id: string;
  onClose: () => void;
  onDone?: () => void;
}

export function Discard({ id, onClose, onDone }: DiscardProps) {
  const t = useText(messages);
  const cache = useQueryClient();
  const discard = useMutation({
    mutationFn: () => gone(id),
    onSuccess: async () => {
      onClose();
      onDone?.();
      toast(t("discard.done"));
      await cache.invalidateQueries(draftsQuery);
    },
  });
  return (
    <Dialog open onClose={onClose} title={t("discard.title")}>
      <p>{t("discard.text")}</p>
      <ProblemNotice error={discard.error} />
      <div className="flex flex-wrap gap-3">
        <Button variant="danger" busy={discard.isPending} onClick={() => discard.mutate()}>
          {t("discard.go")}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {t("discard.stay")}
        </Button>
      </div>
    </Dialog>
  );
}

/** Also when it went before, as after a lost answer. */
async function gone(id: string): Promise<void> {
  if (!id) return;
  await api.delete("/drafts/{draft_id}", { path: { draft_id: id } }).catch((error: unknown) => {
    if (asProblem(error).status !== 404) throw error;
  });
}
