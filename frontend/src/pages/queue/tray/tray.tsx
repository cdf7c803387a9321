/** The bar at the bottom: what can be done to the chosen claims, and what became of it. It never hides a question. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Hand, UserRoundMinus, UserRoundPlus, X } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { roleOf, useMe } from "@/api/session";
import { Button, buttonClass } from "@/components/button";
import { useText } from "@/i18n/text";
import { type Offer, keyOf, offersFor } from "../offers";
import { type Row, definitionsQuery } from "../queries";
import type { Queue } from "../use-queue";
import { type Person, giveAll, usePlaceInLists } from "../working";
import { ActionForm } from "./action-form";
import { messages } from "./messages";
import { nameOf } from "./name";
import { type Report, partsOf } from "./report";
import { ReportList } from "./report-list";

interface TrayProps {
  queue: Queue;
  report: Report | null;
  onReport: (report: Report | null) => void;
  onHandOver: (rows: Row[]) => void;
}

export function Tray({ queue, report, onReport, onHandOver }: TrayProps) {
  const t = useText(messages);
  const { chosen } = queue;
  const [opened, setOpened] = useState<Offer | null>(null);
  const offers = useOffers(chosen);
  // Its form, and what was typed in it, stay when somebody else has moved all of them meanwhile.
  const offer = opened && (offers.find(({ key }) => key === opened.key) ?? { ...opened, rows: [] });
  if (chosen.length === 0 && opened) setOpened(null);
  if (chosen.length === 0 && !report) return null;
  const finish = (next: Report, left: Row[] = []) => {
    setOpened(null);
    onReport(next);
    queue.chooseOnly([...next.refused.map(({ row }) => row), ...left].map(({ id }) => id));
  };
  return (
    <section
      aria-label={t("title")}
      className="no-print fixed inset-x-2 bottom-2 z-30 mx-auto flex max-h-[80dvh] max-w-3xl flex-col overflow-y-auto rounded-surface border border-line bg-surface text-sm shadow-float sm:bottom-4"
    >
      <ReportList report={report} onClose={() => onReport(null)} />
      {chosen.length > 0 && offer && (
        <ActionForm key={offer.key} offer={offer} rows={chosen} onBack={() => setOpened(null)} onDone={finish} />
      )}
      {chosen.length > 0 && !offer && (
        <Bar queue={queue} offers={offers} onAction={(next) => (onReport(null), setOpened(next))} onHandOver={onHandOver} onDone={finish} />
      )}
    </section>
  );
}

function useOffers(rows: Row[]): Offer[] {
  const role = roleOf(useMe());
  const pinned = [...new Map(rows.map((row) => [keyOf(row.workflow, row.workflow_version), row])).values()];
  const { data: definitions } = useQuery(definitionsQuery(pinned));
  return offersFor(rows, new Map(definitions?.map((each) => [keyOf(each.name, each.version), each])), role);
}

interface BarProps {
  queue: Queue;
  offers: Offer[];
  onAction: (offer: Offer) => void;
  onHandOver: (rows: Row[]) => void;
  onDone: (report: Report) => void;
}

function Bar({ queue, offers, onAction, onHandOver, onDone }: BarProps) {
  const t = useText(messages);
  const { chosen } = queue;
  const place = usePlaceInLists();
  const { mutate, isPending } = useMutation({
    mutationFn: (to: Person | null | undefined) => giveAll(chosen, to),
    onSuccess: (outcomes) => {
      const { done, refused } = partsOf(outcomes);
      place(done);
      onDone({ done: done.length, refused });
    },
  });
  const isOpen = useMemo(() => chosen.some(({ status_group: group }) => group !== "closed"), [chosen]);
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 p-2 ps-4">
      <p role="status" className="me-auto font-semibold whitespace-nowrap">
        {t("chosen", { count: chosen.length })}
      </p>
      {isOpen && (
        <>
          <Quiet icon={<Hand className="size-4" aria-hidden />} busy={isPending} onClick={() => mutate(undefined)}>
            {t("take")}
          </Quiet>
          <Quiet icon={<UserRoundPlus className="size-4" aria-hidden />} onClick={() => onHandOver(chosen)}>
            {t("handOver")}
          </Quiet>
          <Quiet icon={<UserRoundMinus className="size-4" aria-hidden />} busy={isPending} onClick={() => mutate(null)}>
            {t("release")}
          </Quiet>
        </>
      )}
      <Actions offers={offers} all={chosen.length} onAction={onAction} />
      <button type="button" className={buttonClass("quiet", "icon")} onClick={() => queue.chooseOnly([])}>
        <X className="size-5" aria-hidden />
        <span className="sr-only">{t("clear")}</span>
      </button>
    </div>
  );
}

function Quiet({ children, ...rest }: { children: ReactNode; icon: ReactNode; busy?: boolean; onClick: () => void }) {
  return (
    <Button variant="quiet" size="small" {...rest}>
      {children}
    </Button>
  );
}

/** What the definitions allow for some of them, with for how many. */
function Actions({ offers, all, onAction }: { offers: Offer[]; all: number; onAction: (offer: Offer) => void }) {
  const t = useText(messages);
  if (offers.length === 0) return null;
  return (
    <div className="flex w-full flex-wrap items-center gap-1.5 border-t border-line py-2 pe-2 order-last">
      {offers.map((offer) => (
        <Button key={offer.key} variant="secondary" size="small" onClick={() => onAction(offer)}>
          {nameOf(t, offer.action, offer.labels)}
          {offer.rows.length < all && <span className="text-xs font-normal text-muted">{t("for", { some: offer.rows.length, all })}</span>}
        </Button>
      ))}
    </div>
  );
}
