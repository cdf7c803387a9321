/** What the hospital is to do, or may do, with the claim: exactly the actions that the API offers. */
import { useState } from "react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages as shared } from "../messages";
import type { HospitalClaim } from "../queries";
import { ActionForm } from "./action-form";
import { Question, keptName, openQuestion } from "./question";
import { useRoundsLeft } from "./head";
import { messages } from "./messages";
import { Unsent } from "./unsent";

export type Offer = HospitalClaim["allowed_actions"][number];

export function ToDo({ claim }: { claim: HospitalClaim }) {
  return (
    <>
      <Unsent claim={claim} />
      {claim.allowed_actions.map((offer) => {
        const key = keptName(claim, offer.action);
        return openQuestion(claim) ? <Asked key={key} claim={claim} offer={offer} /> : <Choice key={key} claim={claim} offer={offer} />;
      })}
    </>
  );
}

/** Something that is awaited: the question and the form of its answer, at once. */
function Asked({ claim, offer }: { claim: HospitalClaim; offer: Offer }) {
  const says = useText(shared);
  const question = openQuestion(claim);
  return (
    <section
      aria-labelledby={offer.action}
      className="no-print flex flex-col gap-5 rounded-surface border-2 border-waiting bg-surface p-4 sm:p-6"
    >
      <h2 id={offer.action} className="text-lg">
        {says.of(`do.${offer.action}`, offer.label)}
      </h2>
      {question && <Question question={question} claim={claim} />}
      <ActionForm claim={claim} offer={offer} items={question?.items ?? []} />
    </section>
  );
}

/** Something the hospital may do or leave: its consequence first, the form when it is wanted. */
function Choice({ claim, offer }: { claim: HospitalClaim; offer: Offer }) {
  const t = useText(messages);
  const says = useText(shared);
  const [isOpen, setOpen] = useState(false);
  const title = says.of(`do.${offer.action}`, offer.label);
  if (!isOpen) {
    const open = (
      <Button variant="secondary" onClick={() => setOpen(true)}>
        {title}
      </Button>
    );
    return (
      <Notice kind="info" title={t("choice.title")} action={<span className="no-print">{open}</span>}>
        <Consequence claim={claim} offer={offer} />
      </Notice>
    );
  }
  return (
    <section
      aria-labelledby={offer.action}
      className="no-print flex flex-col gap-5 rounded-surface border-2 border-brand bg-surface p-4 sm:p-6"
    >
      <h2 id={offer.action} tabIndex={-1} ref={focus} className="text-lg">
        {title}
      </h2>
      <div>
        <Consequence claim={claim} offer={offer} />
      </div>
      <ActionForm claim={claim} offer={offer} items={[]} onCancel={() => setOpen(false)} />
    </section>
  );
}

function focus(heading: HTMLElement | null): void {
  heading?.focus();
}

function Consequence({ claim, offer }: { claim: HospitalClaim; offer: Offer }) {
  const t = useText(messages);
  const format = useFormat();
  const left = useRoundsLeft(claim);
  if (offer.action !== "contest") return <p>{t("told", { payer: claim.payer.name })}</p>;
  return (
    <>
      <p>{t("contest.text", { payer: claim.payer.name })}</p>
      <p className="text-muted">
        {offer.closes_at && t("contest.until", { time: format.moment(offer.closes_at) })}{" "}
        {left !== undefined && t("contest.left", { count: left })}
      </p>
    </>
  );
}
