/** What follows from an action, and who will be told of it: asked of the very rules that tell. */
import { useQuery } from "@tanstack/react-query";
import { Megaphone } from "lucide-react";
import { configQuery } from "@/api/queries";
import { Skeleton } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { type Offer, type Recipients, type StaffClaim, recipientsQuery } from "../queries";
import { messages } from "./messages";
import { approved, isPartial, outcomeOf, type Written } from "./decision";
import { byPerson, leftOut } from "./told";

interface ConsequenceProps {
  claim: StaffClaim;
  offer: Offer;
  written: Written;
}

export function Consequence({ claim, offer, written }: ConsequenceProps) {
  const { data: told } = useQuery(recipientsQuery(claim, offer.action, outcomeOf(offer, written, claim)));
  const consequence = useConsequence({ claim, offer, written });
  return (
    <div className="flex gap-2.5 rounded-control bg-sunken px-3 py-2">
      <Megaphone className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        {consequence && <p>{consequence}</p>}
        {told ? <Told told={told} /> : <Skeleton className="my-0.5 h-4 w-64 max-w-full" />}
      </div>
    </div>
  );
}

function Told({ told }: { told: Recipients }) {
  const t = useText(messages);
  const people = byPerson(told);
  const names = people.slice(0, 2).map(({ name }) => name);
  const rest = people.length - names.length;
  if (people.length === 0) return <p className="text-muted">{t("told.nobody")}</p>;
  return (
    <details>
      <summary className="cursor-pointer rounded-control">
        {rest > 0 ? t("told.andOthers", { names: names.join(", "), count: rest }) : t("told.names", { names: names.join(t("told.and")) })}
      </summary>
      <ul className="mt-1 text-muted">
        {people.map((person) => (
          <li key={person.id}>
            {person.name} · {person.channels.map((channel) => t.of(`channel.${channel}`, channel)).join(", ")} · {t.of(`reason.${person.reason}`, person.reason)}
          </li>
        ))}
        {leftOut(told).map(({ user_id, user_name, channel, reason }) => (
          <li key={user_id + channel}>
            {t("told.not", { name: user_name, channel: t.of(`channel.${channel ?? "any"}`, channel ?? ""), reason: t.of(`left.${reason}`, reason) })}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** In one sentence; nothing for an action of an operator's own workflow. */
function useConsequence({ claim, offer: { action }, written }: ConsequenceProps): string {
  const t = useText(messages);
  const format = useFormat();
  const { data: config } = useQuery(configQuery);
  const amount = approved(written, claim);
  const ending = action === "approve" ? (isPartial(written, claim) ? ".part" : ".full") : "";
  const status = action === "complete" ? `.${claim.status}` : "";
  const key = `consequence.${claim.workflow}.${action}${ending}${status}`;
  if (!t.of(key, "")) return "";
  return t(key as "consequence.hospital.deny", {
    other: claim.hospital?.name ?? claim.person_name,
    payer: claim.payer.name,
    amount: amount ? format.amount(amount, claim.currency) : "…",
    days: (claim.workflow === "retail" ? config?.appeal_days : config?.contest_days) ?? "…",
  });
}
