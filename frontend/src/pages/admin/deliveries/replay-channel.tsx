/** Sending again all that a channel gave up: asked for, because it may be much. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { type Schema, api } from "@/api/client";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import type { Channel } from "../queries";
import { messages } from "./messages";

export function ReplayChannel({ channel }: { channel: Channel }) {
  const t = useText(messages);
  const words = useText(shared);
  const cache = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const replay = useMutation({
    mutationFn: () => api.post("/deliveries/replay", { body: { channel: channel.channel as Schema<"ReplayIn">["channel"] } }),
    onSuccess: async ({ count }) => {
      setAsking(false);
      toast(t("replayAll.done", { count }));
      await cache.invalidateQueries({ queryKey: ["admin", "deliveries"] });
    },
  });
  const name = t.of(`channel.${channel.channel}`, channel.channel);
  const ask = () => {
    replay.reset();
    setAsking(true);
  };
  // A question stays when somebody else has sent it all again meanwhile.
  if (channel.dead === 0 && !isAsking) return null;
  return (
    <div>
      <Button variant="secondary" size="small" icon={<RotateCcw className="size-4" aria-hidden />} onClick={ask}>
        {t("replayAll")}
      </Button>
      <Dialog open={isAsking} onClose={() => setAsking(false)} title={t("replayAll.title", { name })}>
        <p>{t("replayAll.text", { count: channel.dead })}</p>
        <ProblemNotice error={replay.error} />
        <div className="flex flex-wrap gap-3">
          <Button busy={replay.isPending} onClick={() => replay.mutate()}>
            {t("replay")}
          </Button>
          <Button variant="secondary" onClick={() => setAsking(false)}>
            {words("cancel")}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
