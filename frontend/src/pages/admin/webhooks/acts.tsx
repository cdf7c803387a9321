/** What is done with a webhook by one press: trying it, switching it off and on, deleting it, sending again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePlay, PowerOff, RotateCcw, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { messages } from "./messages";
import type { Webhook } from "./queries";

export function SendTest({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const test = useAct(() => api.post("/webhooks/{webhook_id}/test", { path: { webhook_id: webhook.id } }), () => t("test.done"));
  return (
    <>
      <Button size="small" icon={<Send className="size-4" aria-hidden />} busy={test.isPending} onClick={() => test.mutate()}>
        {t("test")}
      </Button>
      <ProblemNotice error={test.error} />
    </>
  );
}

export function Switch({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const isOn = webhook.is_active;
  const change = useAct(
    () =>
      api.patch("/webhooks/{webhook_id}", {
        path: { webhook_id: webhook.id },
        body: { is_active: !isOn },
        ifMatch: webhook.version,
      }),
    () => t(isOn ? "switchOff.done" : "switchOn.done"),
  );
  const Icon = isOn ? PowerOff : CirclePlay;
  return (
    <>
      <Button
        variant="secondary"
        size="small"
        icon={<Icon className="size-4" aria-hidden />}
        busy={change.isPending}
        onClick={() => change.mutate()}
      >
        {t(isOn ? "switchOff" : "switchOn")}
      </Button>
      <ProblemNotice error={change.error} />
    </>
  );
}

export function ReplayAll({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const replay = useAct(
    () => api.post("/webhooks/{webhook_id}/replay", { path: { webhook_id: webhook.id } }),
    ({ count }) => t("replay.done", { count }),
  );
  return (
    <>
      <Button
        variant="secondary"
        size="small"
        icon={<RotateCcw className="size-4" aria-hidden />}
        busy={replay.isPending}
        onClick={() => replay.mutate()}
      >
        {t("replay")}
      </Button>
      <ProblemNotice error={replay.error} />
    </>
  );
}

export function Delete({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const words = useText(shared);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const remove = useMutation({
    mutationFn: () => api.delete("/webhooks/{webhook_id}", { path: { webhook_id: webhook.id } }),
    onSuccess: async () => {
      toast(t("delete.done"));
      await navigate("/admin/webhooks");
      cache.removeQueries({ queryKey: ["admin", "webhooks", "one", webhook.id] });
      await cache.invalidateQueries({ queryKey: ["admin", "webhooks"] });
    },
  });
  const ask = () => {
    remove.reset();
    setOpen(true);
  };
  return (
    <>
      <Button variant="secondary" size="small" icon={<Trash2 className="size-4" aria-hidden />} onClick={ask}>
        {t("delete")}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("delete.title")}>
        <p>{t("delete.text")}</p>
        <ProblemNotice error={remove.error} />
        <div className="flex flex-wrap gap-3">
          <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            {t("delete")}
          </Button>
          <Button variant="secondary" onClick={() => setOpen(false)}>
            {words("cancel")}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** Says what was done, and reads anew what it may have changed; after a refusal, too. */
function useAct<Made>(act: () => Promise<Made>, say: (made: Made) => string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (made) => toast(say(made)),
    onSettled: () =>
      Promise.all(["webhooks", "deliveries"].map((part) => cache.invalidateQueries({ queryKey: ["admin", part] }))),
  });
}
