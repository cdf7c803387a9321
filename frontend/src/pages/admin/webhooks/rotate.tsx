/** A new secret for a webhook: first how long the present one still holds, then the new one, this once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { SelectField } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { messages } from "./messages";
import type { Webhook } from "./queries";
import { Secret } from "./secret";

const HOURS = [0, 1, 24, 72, 168];

export function RotateSecret({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setOpen(false);
    setSecret(null);
  };
  return (
    <>
      <Button variant="secondary" size="small" icon={<KeyRound className="size-4" aria-hidden />} onClick={() => setOpen(true)}>
        {t("rotate")}
      </Button>
      <Dialog open={isOpen} onClose={close} title={secret ? t("secret") : t("rotate.title")}>
        {secret ? <Secret secret={secret} onDone={close} /> : <Question webhook={webhook} onMade={setSecret} onClose={close} />}
      </Dialog>
    </>
  );
}

interface QuestionProps {
  webhook: Webhook;
  onMade: (secret: string) => void;
  onClose: () => void;
}

function Question({ webhook, onMade, onClose }: QuestionProps) {
  const t = useText(messages);
  const words = useText(shared);
  const cache = useQueryClient();
  const [hours, setHours] = useState(24);
  const rotate = useMutation({
    mutationFn: () => api.post("/webhooks/{webhook_id}/secret", { path: { webhook_id: webhook.id }, body: { overlap_hours: hours } }),
    onSuccess: async ({ secret }) => {
      onMade(secret);
      await cache.invalidateQueries({ queryKey: ["admin", "webhooks"] });
    },
  });
  return (
    <>
      <p>{t("rotate.text")}</p>
      <SelectField name="overlap" label={t("rotate.overlap")} value={hours} onChange={(event) => setHours(Number(event.target.value))}>
        {HOURS.map((count) => (
          <option key={count} value={count}>
            {count === 0 ? t("rotate.none") : t("rotate.hours", { count })}
          </option>
        ))}
      </SelectField>
      <ProblemNotice error={rotate.error} />
      <div className="flex flex-wrap gap-3">
        <Button busy={rotate.isPending} onClick={() => rotate.mutate()}>
          {t("rotate")}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {words("cancel")}
        </Button>
      </div>
    </>
  );
}
