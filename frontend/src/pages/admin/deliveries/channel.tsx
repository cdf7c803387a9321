/** One channel: what of it is not delivered, since when, and pausing it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, CircleSlash } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Schema, api } from "@/api/client";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { cx } from "@/components/cx";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import { Mark, OffMark } from "../parts/facts";
import { useMayAct } from "../parts/rights";
import type { Channel } from "../queries";
import { messages } from "./messages";
import { ReplayChannel } from "./replay-channel";

export function ChannelCard({ channel }: { channel: Channel }) {
  const t = useText(messages);
  const format = useFormat();
  const mayAct = useMayAct();
  const { due, waiting, dead, oldest_due_at: oldest, delivered_last_hour: delivered } = channel;
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="text-base">{t.of(`channel.${channel.channel}`, channel.channel)}</h3>
        <Standing channel={channel} />
      </div>
      <dl className="grid grid-cols-2 gap-x-4 sm:grid-cols-4">
        <Figure name={t("due")} value={due}>
          {oldest && t("oldest", { ago: format.ago(oldest) })}
        </Figure>
        <Figure name={t("waiting")} value={waiting} />
        <Figure name={t("dead")} value={dead} isBad={dead > 0} />
        <Figure name={t("delivered")} value={delivered} />
      </dl>
      {mayAct && (
        <div className="flex flex-wrap items-start gap-3">
          <PauseButton channel={channel} />
          <ReplayChannel channel={channel} />
        </div>
      )}
    </Card>
  );
}

function Standing({ channel }: { channel: Channel }) {
  const t = useText(messages);
  if (channel.is_paused) {
    return (
      <Mark hue="waiting" icon={CirclePause}>
        {t("paused")}
      </Mark>
    );
  }
  if (!channel.is_configured) return <OffMark>{t("notConfigured")}</OffMark>;
  return (
    <Mark hue="positive" icon={CirclePlay}>
      {t("running")}
    </Mark>
  );
}

function Figure({ name, value, isBad = false, children }: { name: string; value: number; isBad?: boolean; children?: ReactNode }) {
  const format = useFormat();
  return (
    <div className="grid grid-rows-subgrid row-span-2">
      <dt className="self-end text-muted">{name}</dt>
      <dd>
        <data value={value} className={cx("text-lg font-semibold", isBad && "text-negative")}>
          {format.number(value)}
        </data>
        {children && <span className="block text-xs text-muted">{children}</span>}
      </dd>
    </div>
  );
}

/** Pausing is asked for; going on does no harm. */
function PauseButton({ channel }: { channel: Channel }) {
  const t = useText(messages);
  const words = useText(shared);
  const [isAsking, setAsking] = useState(false);
  const pause = usePause(channel, () => setAsking(false));
  const name = t.of(`channel.${channel.channel}`, channel.channel);
  const ask = () => {
    pause.reset();
    setAsking(true);
  };
  // A question stays when somebody else has paused it meanwhile.
  if (channel.is_paused && !isAsking) {
    return (
      <div className="flex flex-col items-start gap-2">
        <ProblemNotice error={pause.error} />
        <Button size="small" icon={<CirclePlay className="size-4" aria-hidden />} busy={pause.isPending} onClick={() => pause.mutate(false)}>
          {t("resume")}
        </Button>
      </div>
    );
  }
  return (
    <div>
      <Button variant="secondary" size="small" icon={<CircleSlash className="size-4" aria-hidden />} onClick={ask}>
        {t("pause")}
      </Button>
      <Dialog open={isAsking} onClose={() => setAsking(false)} title={t("pause.title", { name })}>
        <p>{t("pause.text")}</p>
        <ProblemNotice error={pause.error} />
        <div className="flex flex-wrap gap-3">
          <Button busy={pause.isPending} onClick={() => pause.mutate(true)}>
            {t("pause")}
          </Button>
          <Button variant="secondary" onClick={() => setAsking(false)}>
            {words("cancel")}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

function usePause(channel: Channel, onDone: () => void) {
  const t = useText(messages);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (isPaused: boolean) =>
      api.post("/deliveries/pause", { body: { channel: channel.channel as Schema<"PauseIn">["channel"], is_paused: isPaused } }),
    onSuccess: async (_, isPaused) => {
      onDone();
      toast(t(isPaused ? "paused.done" : "resumed.done"));
      await cache.invalidateQueries({ queryKey: ["admin", "deliveries"] });
    },
  });
}
