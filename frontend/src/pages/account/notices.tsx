/** On which devices one gets notices, this one first: nobody is asked for permission before they press the button. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { Notice, ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { currentLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { Problem } from "@/api/problem";
import { type Here, alone, isAgreed, subscribe, unsubscribe } from "@/push/device";
import { messages } from "@/push/messages";
import { type Device, devicesQuery, hereQuery } from "@/push/queries";
import { browserOf, systemOf } from "./device-names";

/** Nothing where this install has no Web Push. */
export function Notices() {
  const t = useText(messages);
  const { data, error, refetch } = useQuery(devicesQuery);
  const { data: here } = useQuery(hereQuery);
  if (data && !data.server_key) return null;
  return (
    <Section id="notices" title={t("push.title")}>
      <p className="text-muted">{t("push.intro")}</p>
      {error && !data ? <Failed error={error} retry={() => void refetch()} /> : null}
      {!error && !(data && here) ? <SkeletonList rows={1} row="h-16" /> : null}
      {data?.server_key && here && <ThisDevice here={here} devices={data.items} serverKey={data.server_key} />}
      {data && here && data.items.length > 0 && <Others here={here} devices={data.items} />}
    </Section>
  );
}

interface ThisDeviceProps {
  here: Here;
  devices: readonly Device[];
  serverKey: string;
}

function ThisDevice({ here, devices, serverKey }: ThisDeviceProps) {
  const t = useText(messages);
  const name = useOwnName();
  const mine = devices.find(({ fingerprint }) => fingerprint === here.fingerprint);
  const start = useChange(t("push.done"), async () => {
    if (!(await isAgreed())) return false;
    await alone(async () => {
      const subscription = await subscribe(serverKey);
      await api.post("/notifications/devices", { body: { ...subscription, name, language: currentLanguage() } });
    });
    return true;
  });
  const stop = useChange(t("push.stopped"), async () => {
    await alone(async () => {
      if (mine) await api.delete("/notifications/devices/{device_id}", { path: { device_id: mine.id } });
      await unsubscribe();
    });
    return true;
  });
  if (here.can !== "ready") {
    return (
      <Notice kind={here.can === "denied" ? "attention" : "info"} title={t(`push.${here.can}.title`)} live>
        <p>{t(`push.${here.can}`)}</p>
      </Notice>
    );
  }
  const change = mine ? stop : start;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p className="font-medium">{mine ? t("push.on") : t("push.off")}</p>
        <Button
          variant={mine ? "secondary" : "primary"}
          busy={change.isPending}
          icon={mine ? undefined : <BellRing className="size-5" aria-hidden />}
          onClick={() => change.mutate()}
        >
          {mine ? t("push.turnOff") : t("push.turnOn")}
        </Button>
      </div>
      {change.data === false ? <Notice live>{t("push.notYet")}</Notice> : null}
      {change.error instanceof Problem ? <ProblemNotice error={change.error} /> : null}
      {change.error && !(change.error instanceof Problem) ? (
        <Notice kind="error" live>
          {t("push.failed")}
        </Notice>
      ) : null}
    </>
  );
}

/** Something that changes this browser and the server's list; whether it did is what `change` gives. */
function useChange(done: string, change: () => Promise<boolean>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (hasChanged) => void (hasChanged && toast(done)),
    onSettled: () => cache.invalidateQueries(devicesQuery),
  });
}

function useOwnName(): string {
  const t = useText(messages);
  const [browser, system] = [browserOf(navigator.userAgent), systemOf(navigator.userAgent)];
  return browser && system ? t("push.browser", { browser, system }) : browser || t("push.unknown");
}

function Others({ here, devices }: { here: Here; devices: readonly Device[] }) {
  const t = useText(messages);
  const format = useFormat();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: ({ id }: Device) => api.delete("/notifications/devices/{device_id}", { path: { device_id: id } }),
    onSuccess: async () => {
      await cache.invalidateQueries(devicesQuery);
      toast(t("push.removed"));
    },
  });
  return (
    <>
      <ProblemNotice error={remove.error} />
      <ul aria-label={t("push.list")} className="divide-y divide-line rounded-surface border border-line bg-surface">
        {devices.map((device) => (
          <li key={device.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
            <BellRing className="size-5 shrink-0 text-muted" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="font-medium wrap-anywhere">{device.name}</p>
              <p className="text-sm text-muted">{t("push.since", { since: format.date(device.created_at) })}</p>
            </div>
            {device.fingerprint === here.fingerprint ? (
              <span className="rounded-full bg-brand-tint px-3 py-1 text-sm font-medium text-brand">{t("push.this")}</span>
            ) : (
              <Button variant="quiet" size="small" onClick={() => remove.mutate(device)} aria-label={t("push.removeNamed", { device: device.name })}>
                {t("push.remove")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
