/** What the claim says: the decision that stands, what happened, the policy and what it covers, the hospital's form. */
import { messages as claimMessages } from "@/claims/messages";
import { cx } from "@/components/cx";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { units } from "./deciding/amount";
import { Fact, Facts } from "./facts";
import { FormData } from "./form-data";
import { messages } from "./messages";
import { useEventTitle } from "./event-title";
import { decisionIn, disputeIn, isDispute } from "./dispute";
import { type StaffClaim, useHistory } from "./queries";

export function Data({ claim }: { claim: StaffClaim }) {
  return (
    <>
      <Decision claim={claim} />
      <Dispute claim={claim} />
      <What claim={claim} />
      <Cover claim={claim} />
      {claim.form_data && <FormData form={claim.form_data} />}
    </>
  );
}

/** The words of the decision that stands. */
function Decision({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const decision = decisionIn(useHistory(claim.claim_number) ?? []);
  const words = Object.values(decision?.texts ?? {}).filter((text) => text !== null);
  if (!decision || (words.length === 0 && !claim.payment_reference)) return null;
  const isAgainst = claim.approved_amount === null;
  return (
    <section className={cx("rounded-surface p-3", isAgainst ? "bg-negative-tint" : "bg-sunken")}>
      <h3 className="text-sm">{t(isAgainst ? "decision.against" : "decision.for")}</h3>
      {words.map((text) => (
        <p key={text} className="whitespace-pre-line">
          {text}
        </p>
      ))}
      {claim.payment_reference && <p className="text-muted">{t("decision.payment", { reference: claim.payment_reference })}</p>}
    </section>
  );
}

/** While a decision is disputed: what was decided, and what is held against it. */
function Dispute({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const history = useHistory(claim.claim_number) ?? [];
  const titleOf = useEventTitle(claim);
  const format = useFormat();
  return disputeIn(history).map((event) => (
    <section key={event.id} className={cx("rounded-surface p-3", isDispute(event) ? "bg-disputed-tint" : "bg-sunken")}>
      <h3 className="text-sm">{t("dispute.by", { what: titleOf(event), name: event.actor?.name ?? "", time: format.time(event.at) })}</h3>
      {Object.values(event.texts).map(
        (text) =>
          text && (
            <p key={text} className="max-w-prose whitespace-pre-line">
              {text}
            </p>
          ),
      )}
    </section>
  ));
}

function What({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const format = useFormat();
  return (
    <Facts title={t("data.claim")}>
      <Fact name={t("data.type")}>{says.of(`type.${claim.claim_type}`, claim.claim_type)}</Fact>
      {!claim.hospital && <Fact name={t("data.day")}>{format.day(claim.incident_date)}</Fact>}
      <Fact name={t("data.filed")}>{format.time(claim.created_at)}</Fact>
      <Fact name={t("payer")}>
        {claim.payer.name} <span className="text-muted">{claim.payer.number}</span>
      </Fact>
      {claim.description && (
        <Fact name={t("data.description")} isWide>
          {claim.description}
        </Fact>
      )}
    </Facts>
  );
}

function Cover({ claim: { policy, currency } }: { claim: StaffClaim }) {
  const t = useText(messages);
  const says = useText(claimMessages);
  const format = useFormat();
  if (!policy) return null;
  const share = Number((units(policy.cover_left) * 100n) / units(policy.cover_amount));
  return (
    <Facts title={t("cover")}>
      <Fact name={t("cover.number")}>{policy.policy_number}</Fact>
      <Fact name={t("cover.type")}>
        {says.of(`type.${policy.type}`, policy.type)} · {t.of(`policy.${policy.status}`, policy.status)}
      </Fact>
      <Fact name={t("cover.period")} isWide>
        {format.day(policy.start_date)} – {format.day(policy.end_date)}
      </Fact>
      <Fact name={t("cover.left")} isWide>
        {t("cover.leftOf", { left: format.amount(policy.cover_left, currency), all: format.amount(policy.cover_amount, currency) })}
        <span className="mt-1 block h-1.5 max-w-80 overflow-hidden rounded-full bg-line" aria-hidden>
          <span className="block h-full bg-brand" style={{ width: `${share}%` }} />
        </span>
      </Fact>
    </Facts>
  );
}
