/** Somebody else changed it since it was read: who, what and when, and how to go on. What was typed stays. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "../messages";
import { latestEventQuery } from "../queries";
import { useEventName } from "../audit/event-names";

interface ConflictProps {
  /** The id of what was changed. */
  subjectId: string;
  /** Reads it anew; what is typed is then judged against that. */
  onReload: () => void;
}

export function Conflict({ subjectId, onReload }: ConflictProps) {
  const t = useText(messages);
  const name = useEventName();
  const format = useFormat();
  const { data: event } = useQuery({ ...latestEventQuery(subjectId), staleTime: 0 });
  const reload = (
    <Button variant="secondary" size="small" onClick={onReload}>
      {t("conflict.reload")}
    </Button>
  );
  return (
    <Notice kind="attention" live title={t("conflict.title")} action={reload}>
      {event && (
        <p>
          {t("conflict.who", { who: event.actor?.name ?? t("system"), what: name(event.type), when: format.ago(event.occurred_at) })}
        </p>
      )}
      <p className="text-sm text-muted">{t("conflict.text")}</p>
    </Notice>
  );
}

interface Versioned {
  id: string;
  version: number;
}

/** Keeps a lost race (412) apart from other refusals, which are thrown on to the form.

What is sent is judged against the version that the form began with, however often the page reads it anew meanwhile. */
export function useRace(subject: Versioned) {
  const [isLost, setLost] = useState(false);
  const [version, setVersion] = useState(subject.version);
  const cache = useQueryClient();
  const run = async (change: (ifMatch: number) => Promise<unknown>): Promise<boolean> => {
    try {
      await change(version);
    } catch (error) {
      if (asProblem(error).status !== 412) throw error;
      setLost(true);
      return false;
    }
    setLost(false);
    await cache.invalidateQueries({ queryKey: ["admin"] });
    return true;
  };
  const reload = async () => {
    await cache.invalidateQueries({ queryKey: ["admin"] });
    // Under its number or its id, as the page was asked for.
    const read = cache.getQueriesData<Partial<Versioned>>({ queryKey: ["admin"] }).filter(([, data]) => data?.id === subject.id);
    setVersion(Math.max(version, ...read.map(([, data]) => data?.version ?? 0)));
    setLost(false);
  };
  const card = isLost ? <Conflict subjectId={subject.id} onReload={() => void reload()} /> : null;
  return { run, card };
}
