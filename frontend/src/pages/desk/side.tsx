/** The side of the claim that is read and written: what can be done, then its data, queries, messages, notes and history. */
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Place, messagesQuery } from "@/api/queries";
import { useText } from "@/i18n/text";
import { useShortcuts } from "@/keyboard/shortcuts";
import { Asked } from "./asked";
import { Data } from "./data";
import { Actions } from "./deciding/actions";
import { History } from "./history";
import type { Marking } from "./marking";
import { messages } from "./messages";
import { type StaffClaim, notesQuery, useHistory, useMayAct } from "./queries";
import { type Tab, TabList, TabPanel } from "./tabs";
import { Messages, Notes } from "./talk";
import { messages as viewing } from "./viewer/messages";

type Name = "data" | "queries" | "messages" | "notes" | "history";

interface SideProps {
  claim: StaffClaim;
  onShow: (document: string) => void;
  onShowPlace: (place: Place) => void;
  marking: Marking;
}

export function Side({ claim, onShow, onShowPlace, marking }: SideProps) {
  const t = useText(messages);
  const [shown, setShown] = useState<Name>("data");
  const box = useRef<HTMLDivElement>(null);
  const tabs = useTabs(claim);
  useTalkKeys(setShown, box);
  return (
    <div ref={box} className="flex flex-col print:block">
      <div className="no-print border-b border-line px-4 py-3 sm:px-6">
        <Actions claim={claim} marking={marking} onShowPlace={onShowPlace} />
      </div>
      <TabList label={t("tabs")} tabs={tabs} shown={shown} onShow={setShown} />
      <TabPanel name="data" shown={shown} label={t("tab.data")}>
        <Data claim={claim} />
        <PrintedDocuments claim={claim} />
      </TabPanel>
      {claim.hospital && (
        <TabPanel name="queries" shown={shown} label={t("tab.queries")}>
          <Asked claim={claim} onShow={onShow} onShowPlace={onShowPlace} />
        </TabPanel>
      )}
      <TabPanel name="messages" shown={shown} label={t("tab.messages")}>
        <Messages claim={claim} onShow={onShow} />
      </TabPanel>
      <TabPanel name="notes" shown={shown} label={t("tab.notes")} isPrinted={false}>
        <Notes claim={claim} />
      </TabPanel>
      <TabPanel name="history" shown={shown} label={t("tab.history")}>
        <History claim={claim} onShowPlace={onShowPlace} />
      </TabPanel>
    </div>
  );
}

/** On paper, where there is no viewer: which there are, and what was said of them. */
function PrintedDocuments({ claim: { documents } }: { claim: StaffClaim }) {
  const says = useText(viewing);
  return (
    <section className="hidden print:block">
      <h3 className="mb-2 text-sm">{says("viewer.documents")}</h3>
      <ul>
        {documents.map(({ id, file_name: name, verification, verification_reason: reason }) => (
          <li key={id}>{[name, says.of(`verdict.${verification}`, verification), reason].filter(Boolean).join(" · ")}</li>
        ))}
      </ul>
    </section>
  );
}

function useTabs(claim: StaffClaim): Tab<Name>[] {
  const t = useText(messages);
  const said = useQuery(messagesQuery(claim.claim_number)).data;
  const notes = useQuery(notesQuery(claim.claim_number)).data;
  const history = useHistory(claim.claim_number);
  const tabs: Tab<Name>[] = [
    { name: "data", label: t("tab.data") },
    { name: "queries", label: t("tab.queries"), count: claim.queries.length },
    { name: "messages", label: t("tab.messages"), count: said?.length, keys: "m" },
    { name: "notes", label: t("tab.notes"), count: notes?.length, keys: "n", isInternal: true },
    { name: "history", label: t("tab.history"), count: history?.length },
  ];
  return claim.hospital ? tabs : tabs.filter(({ name }) => name !== "queries");
}

/** `m` and `n` come to the field in which one writes. */
function useTalkKeys(show: (name: Name) => void, box: React.RefObject<HTMLDivElement | null>): void {
  const t = useText(messages);
  const mayAct = useMayAct();
  const write = (name: "messages" | "notes") => () => {
    show(name);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`#field-${name}-body`)?.focus());
  };
  const group = t("keys.talk");
  useShortcuts([
    { keys: "m", label: t("keys.message"), run: write("messages"), when: mayAct, group },
    { keys: "n", label: t("keys.note"), run: write("notes"), when: mayAct, group },
  ]);
}
