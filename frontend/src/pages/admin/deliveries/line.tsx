/** One delivery: what it tells of, to whom, how it stands; its attempts below, and sending it again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleX, Clock, type LucideIcon, RotateCcw, UserX } from "lucide-react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { useEventName } from "../audit/event-names";
import { type Hue, Mark } from "../parts/facts";
import { useMayAct } from "../parts/rights";
import type { Delivery } from "../queries";
import { Attempts } from "./attempts";
import { useErrorText } from "./error-text";
import { messages } from "./messages";

const LOOKS: Record<Delivery["state"], [Hue, LucideIcon]> = {
  due: ["waiting", Clock],
  delivered: ["positive", CircleCheck],
  dead: ["negative", CircleX],
  cancelled: ["closed", UserX],
};

export function Line({ delivery }: { delivery: Delivery }) {
  const t = useText(messages);
  const format = useFormat();
  const mayAct = useMayAct();
  const [hue, icon] = LOOKS[delivery.state];
  const mayReplay = mayAct && (delivery.state === "dead" || delivery.state === "due");
  return (
    <li className="flex flex-col gap-1 px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <About delivery={delivery} />
          <p className="text-muted">
            {useWay(delivery)}
            <span> · </span>
            <time title={format.time(delivery.created_at)}>{format.ago(delivery.created_at)}</time>
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <Mark hue={hue} icon={icon}>
            {t(`state.${delivery.state}`)}
          </Mark>
          {mayReplay && <Replay delivery={delivery} />}
        </div>
      </div>
      <Attempts delivery={delivery} reason={useReason(delivery)} />
    </li>
  );
}

function About({ delivery }: { delivery: Delivery }) {
  const t = useText(messages);
  const eventName = useEventName();
  const { event } = delivery;
  return (
    <p className="font-medium">
      {event ? eventName(event.type) : t("unknownEvent")}
      {event?.claim_number && (
        <>
          <span className="text-muted"> · </span>
          <Link to={`/claims/${event.claim_number}`} className="whitespace-nowrap text-brand underline">
            {event.claim_number}
          </Link>
        </>
      )}
    </p>
  );
}

/** By which channel, and to whom where that is not the channel's one receiver. */
function useWay({ user_id: userId, channel }: Delivery): string {
  const t = useText(messages);
  const by = t.of(`channel.${channel}`, channel);
  return userId ? t("toPerson", { by }) : by;
}

/** Why it is not delivered yet, or never will be, in one line. */
function useReason({ state, last_error: error, next_at: next }: Delivery): string {
  const t = useText(messages);
  const format = useFormat();
  const errorText = useErrorText();
  if (state === "delivered") return "";
  const reason = error && t("lastError", { error: errorText(error) });
  const when = state === "due" && next && t("nextAt", { when: format.time(next) });
  return [reason, when].filter(Boolean).join(" ");
}

function Replay({ delivery }: { delivery: Delivery }) {
  const t = useText(messages);
  const eventName = useEventName();
  const cache = useQueryClient();
  const { event } = delivery;
  const what = [event?.claim_number, event ? eventName(event.type) : t("unknownEvent")].filter(Boolean).join(", ");
  const word = delivery.state === "dead" ? "replay" : "replay.now";
  const replay = useMutation({
    mutationFn: () => api.post("/deliveries/{delivery_id}/replay", { path: { delivery_id: delivery.id } }),
    onSuccess: async () => {
      toast(t("replay.done"));
      await cache.invalidateQueries({ queryKey: ["admin", "deliveries"] });
    },
  });
  return (
    <>
      <Button
        variant="secondary"
        size="small"
        icon={<RotateCcw className="size-4" aria-hidden />}
        busy={replay.isPending}
        onClick={() => replay.mutate()}
        aria-label={t(`${word}.named`, { what })}
      >
        {t(word)}
      </Button>
      <ProblemNotice error={replay.error} />
    </>
  );
}
