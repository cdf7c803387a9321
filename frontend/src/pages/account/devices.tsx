/** Where one is signed in, and how to end that. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import { api, type Schema } from "@/api/client";
import { sessionsQuery } from "@/api/queries";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { browserOf, systemOf } from "./device-names";
import { messages } from "./messages";

type Session = Schema<"SessionOut">;
const FEW = 4;

export function Devices() {
  const t = useText(messages);
  const cache = useQueryClient();
  const { data: sessions, error, refetch } = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: (id: string | null) =>
      id ? api.delete("/auth/sessions/{session_id}", { path: { session_id: id } }) : api.delete("/auth/sessions"),
    onSuccess: async () => {
      await cache.invalidateQueries(sessionsQuery);
      toast(t("devices.ended"));
    },
  });
  const [isAll, setAll] = useState(false);
  if (error && !sessions) return <Failed error={error} retry={() => void refetch()} />;
  if (!sessions) return <SkeletonList rows={2} row="h-16" />;
  // This one first, then as they were last seen.
  const sorted = sessions.toSorted((a, b) => Number(b.is_current) - Number(a.is_current) || b.last_seen_at.localeCompare(a.last_seen_at));
  const shown = isAll ? sorted : sorted.slice(0, FEW);
  return (
    <>
      <p className="text-muted">{t("devices.intro")}</p>
      <ProblemNotice error={end.error} />
      <ul className="divide-y divide-line rounded-surface border border-line bg-surface">
        {shown.map((session) => (
          <Device key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
        ))}
      </ul>
      {shown.length < sessions.length && (
        <Button variant="quiet" className="self-start" onClick={() => setAll(true)}>
          {t("devices.all", { count: sessions.length })}
        </Button>
      )}
      {sessions.length > 1 && (
        <Button variant="secondary" className="self-start" busy={end.isPending} onClick={() => end.mutate(null)}>
          {t("devices.endOthers")}
        </Button>
      )}
    </>
  );
}

function Device({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const t = useText(messages);
  const format = useFormat();
  const device = useDeviceName(session);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
      <MonitorSmartphone className="size-5 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{device}</p>
        <p className="text-sm text-muted">
          {t("devices.since", { since: format.date(session.created_at), seen: format.ago(session.last_seen_at) })}
        </p>
      </div>
      {session.is_current ? (
        <span className="rounded-full bg-brand-tint px-3 py-1 text-sm font-medium text-brand">{t("devices.this")}</span>
      ) : (
        <Button variant="quiet" size="small" onClick={onEnd} aria-label={t("devices.endNamed", { device })}>
          {t("devices.end")}
        </Button>
      )}
    </li>
  );
}

function useDeviceName({ kind, user_agent: agent }: Session): string {
  const t = useText(messages);
  const [browser, system] = [browserOf(agent), systemOf(agent)];
  if (browser && system) return t("devices.browser", { browser, system });
  return kind === "cookie" ? browser || t("devices.unknown") : t("devices.app");
}
