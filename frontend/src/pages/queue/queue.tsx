/** The queue of staff: which claims there are to work on, taking them, and doing one thing to many. */
import { useState } from "react";
import { useSearchParams } from "react-router";
import { roleOf, useMe } from "@/api/session";
import { Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { ShortcutHelp } from "@/keyboard/help";
import { usePlaces } from "@/keyboard/places";
import { viewOf } from "./address";
import { Conflict } from "./conflict";
import { HandOver } from "./hand-over";
import { useKeptView } from "./kept";
import { List } from "./list";
import { messages } from "./messages";
import { useTakeNext } from "./use-take-next";
import type { Row } from "./queries";
import { Rail, useCounts } from "./rail";
import { TakeNextButton } from "./take-next";
import { Toolbar } from "./toolbar";
import type { Report } from "./tray/report";
import { Tray } from "./tray/tray";
import { useQueueKeys } from "./use-queue-keys";
import { useQueue } from "./use-queue";
import { useWorking } from "./working";

export default function QueuePage() {
  const t = useText(messages);
  const [search] = useSearchParams();
  const mayAct = roleOf(useMe()) !== "auditor";
  const counts = useCounts();
  const queue = useQueue();
  const working = useWorking();
  const next = useTakeNext(search.get("workflow") ?? undefined);
  const [given, setGiven] = useState<Row[]>([]);
  const [report, setReport] = useState<Report | null>(null);
  usePlaces();
  useQueueKeys({ queue, working, next, mayAct });
  const view = viewOf(search);
  const kept = useKeptView();
  const title = kept?.name ?? (view ? t(`view.${view}`) : t("title"));
  const actions = (
    <div className="flex items-center gap-1">
      <ShortcutHelp />
      {mayAct && <TakeNextButton next={next} />}
    </div>
  );
  return (
    <Page width="desk" title={title} actions={actions}>
      <div className="-mt-2 grid gap-x-6 gap-y-3 min-[72rem]:grid-cols-[12.5rem_minmax(0,1fr)] min-[72rem]:items-start">
        <Rail counts={counts} />
        <div className="flex min-w-0 flex-col gap-3">
          <Toolbar queue={queue} counts={counts} />
          <List queue={queue} working={working} mayAct={mayAct} onHandOver={(row) => setGiven([row])} />
        </div>
      </div>
      {mayAct && <Tray queue={queue} report={report} onReport={setReport} onHandOver={setGiven} />}
      <Conflict refused={working.refused} onDismiss={working.dismiss} />
      <HandOver rows={given} queue={queue} onReport={setReport} onClose={() => setGiven([])} />
    </Page>
  );
}
