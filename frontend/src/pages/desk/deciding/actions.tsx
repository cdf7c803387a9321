/** What can be done with the claim now, exactly as the API offers it; the form of one opens in place of the list, beside the evidence. */
import { useEffect, useRef, useState } from "react";
import type { Place } from "@/api/queries";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { useText } from "@/i18n/text";
import { Kbd } from "@/keyboard/kbd";
import { useShortcuts } from "@/keyboard/shortcuts";
import { type Marking, takesMarks } from "../marking";
import { type Offer, type StaffClaim, useHistory, useMayAct } from "../queries";
import { ActionForm } from "./action-form";
import { type Opened, opened } from "./changes";
import { useDrafts } from "./drafts";
import { useLabel } from "./label";
import { inOrder, looksOf } from "./looks";
import { messages } from "./messages";

interface Chosen {
  offer: Offer;
  opened: Opened;
}

interface ActionsProps {
  claim: StaffClaim;
  marking: Marking;
  onShowPlace: (place: Place) => void;
}

export function Actions({ claim, marking, onShowPlace }: ActionsProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const drafts = useDrafts();
  const history = useHistory(claim.claim_number);
  const bar = useRef<HTMLDivElement>(null);
  const offers = useMayAct() ? inOrder(claim.allowed_actions) : [];
  const choose = (offer: Offer) => setChosen({ offer, opened: opened(claim, history) });
  useActionKeys(claim, offers, choose);
  useFormForMarks(marking, chosen?.offer, offers, choose);
  useFocusBack(chosen, bar);
  if (!chosen) return <Bar ref={bar} claim={claim} offers={offers} onChoose={choose} />;
  return (
    <ActionForm
      key={chosen.offer.action}
      claim={claim}
      offer={claim.allowed_actions.find(({ action }) => action === chosen.offer.action) ?? chosen.offer}
      opened={chosen.opened}
      drafts={drafts}
      marking={marking}
      onShowPlace={onShowPlace}
      onGoOn={() => setChosen({ ...chosen, opened: opened(claim, history) })}
      onEnd={() => setChosen(null)}
    />
  );
}

interface BarProps {
  ref: React.Ref<HTMLDivElement>;
  claim: StaffClaim;
  offers: Offer[];
  onChoose: (offer: Offer) => void;
}

function Bar({ ref, claim, offers, onChoose }: BarProps) {
  const t = useText(messages);
  const labelOf = useLabel(claim);
  return (
    <div ref={ref} role="group" tabIndex={-1} aria-label={t("actions.title")} className="no-print flex min-h-9 flex-wrap items-center gap-2">
      {offers.map((offer, index) => {
        const { icon: Icon, keys, isAgainst } = looksOf(offer.action);
        const isFirst = index === 0 && !isAgainst;
        return (
          <Button
            key={offer.action}
            size="small"
            variant={isFirst ? "primary" : "secondary"}
            aria-keyshortcuts={keys}
            icon={<Icon className={isAgainst ? "size-4 text-negative" : "size-4"} aria-hidden />}
            onClick={() => onChoose(offer)}
          >
            {labelOf(offer)}
            {keys && <Kbd keys={keys} onFill={isFirst} />}
          </Button>
        );
      })}
      {offers.length === 0 && <NothingToDo claim={claim} />}
    </div>
  );
}

/** Why nothing is offered: who acts next, or that it is over. */
function NothingToDo({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const mayAct = useMayAct();
  const other = claim.hospital?.name ?? claim.person_name;
  const me = useMe();
  if (!mayAct) return <p className="text-muted">{t("nothing.auditor")}</p>;
  if (claim.user_id === me.id) return <p className="text-muted">{t("nothing.own")}</p>;
  const key = { waiting: "nothing.waiting", disputed: "nothing.disputed", review: "nothing.disputed" }[claim.status_group];
  return <p className="text-muted">{t((key ?? "nothing.over") as "nothing.over", { other })}</p>;
}

function useActionKeys(claim: StaffClaim, offers: Offer[], choose: (offer: Offer) => void): void {
  const t = useText(messages);
  const labelOf = useLabel(claim);
  useShortcuts(
    offers.flatMap((offer) => {
      const { keys } = looksOf(offer.action);
      return keys ? [{ keys, label: labelOf(offer), run: () => choose(offer), group: t("actions.title") }] : [];
    }),
  );
}

/** Whoever has marked a place comes to a form that asks about it. */
function useFormForMarks({ marks }: Marking, open: Offer | undefined, offers: Offer[], choose: (offer: Offer) => void): void {
  const [before, setBefore] = useState(marks.length);
  if (marks.length === before) return;
  setBefore(marks.length);
  const asking = offers.find(takesMarks);
  if (marks.length > before && asking && !(open && takesMarks(open))) choose(asking);
}

/** After a form the focus is where it was opened. */
function useFocusBack(chosen: Chosen | null, bar: React.RefObject<HTMLDivElement | null>): void {
  const wasOpen = useRef(false);
  useEffect(() => {
    if (!chosen && wasOpen.current) bar.current?.focus();
    wasOpen.current = chosen !== null;
  }, [chosen, bar]);
}
