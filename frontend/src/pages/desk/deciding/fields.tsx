/** The fields that actions ask for, each with who reads it. */
import { useQuery } from "@tanstack/react-query";
import type { Place } from "@/api/queries";
import { SelectField, TextArea, TextField } from "@/components/field";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { Marking } from "../marking";
import { type Offer, type StaffClaim, pinnedQuery } from "../queries";
import { difference } from "./amount";
import { type FieldName, type Written, approved, isPartial, reasonField } from "./decision";
import { DueField } from "./due-field";
import { MarksField } from "./marks-field";
import { messages } from "./messages";
import { QueryItems } from "./query-items";

export interface ActionFieldProps {
  name: FieldName;
  claim: StaffClaim;
  offer: Offer;
  written: Written;
  error: string | undefined;
  onWrite: (change: (before: Written) => Written) => void;
  marking: Marking;
  onShowPlace: (place: Place) => void;
}

interface OneProps extends ActionFieldProps {
  value: string;
  onText: (text: string) => void;
}

export function ActionField(props: ActionFieldProps) {
  const { name, written, onWrite } = props;
  const onText = (text: string) => onWrite((before) => ({ ...before, texts: { ...before.texts, [name]: text } }));
  const one = { ...props, value: written.texts[name] ?? "", onText };
  if (name === "missing_documents") return <QueryItems claim={props.claim} items={written.items} onItems={(items) => onWrite((before) => ({ ...before, items }))} />;
  if (name === "marks") return <MarksField {...props} />;
  if (name === "approved_amount") return <AmountField {...one} />;
  if (name === "query_category") return <CategoryField {...one} />;
  if (name === "due_at") return <DueField value={one.value} error={one.error} onText={onText} />;
  if (name === "payment_reference" || name === "rejection_reason") return <LineField {...one} />;
  return <WordsField {...one} />;
}

function AmountField({ claim, offer, written, error, value, onText }: OneProps) {
  const t = useText(messages);
  const format = useFormat();
  const amount = approved(written, claim);
  const show = (some: string) => format.amount(some, claim.currency);
  const limits = [
    t("amount.claimed", { amount: show(claim.claim_amount) }),
    claim.policy ? t("amount.coverLeft", { amount: show(claim.policy.cover_left) }) : "",
    claim.approval_limit ? t("amount.limit", { amount: show(claim.approval_limit) }) : "",
  ];
  const less = amount !== null && isPartial(written, claim) && difference(claim.claim_amount, amount);
  return (
    <div className="flex flex-col gap-1.5">
      <TextField
        name="approved_amount"
        label={t("field.approved_amount")}
        hint={limits.filter(Boolean).join(" · ")}
        error={error}
        inputMode="decimal"
        autoComplete="off"
        className="max-w-sm"
        value={written.texts.approved_amount === undefined ? claim.claim_amount.replace(/\.0+$/, "") : value}
        onChange={({ target }) => onText(target.value)}
        onFocus={({ target }) => target.select()}
      />
      {/* Its line is there before it is needed: the form does not jump. */}
      <p role="status" className="min-h-5 text-muted">
        {less && t(reasonField(offer) ? "amount.less" : "amount.lessPlain", { amount: show(less) })}
      </p>
    </div>
  );
}

function CategoryField({ claim, error, value, onText }: OneProps) {
  const t = useText(messages);
  const { data: workflow } = useQuery(pinnedQuery(claim));
  const suggested = workflow?.suggests.query_category ?? [];
  const about = { name: "query_category", label: t("field.query_category"), error };
  if (workflow && suggested.length === 0) return <TextField {...about} value={value} maxLength={200} onChange={({ target }) => onText(target.value)} />;
  return (
    <SelectField {...about} className="max-w-sm" value={value} onChange={({ target }) => onText(target.value)}>
      <option value="">{t("category.choose")}</option>
      {suggested.map((category) => (
        <option key={category} value={category}>
          {t.of(`category.${category}`, category)}
        </option>
      ))}
    </SelectField>
  );
}

function LineField({ name, offer, error, value, onText }: OneProps) {
  const t = useText(messages);
  const isOptional = !offer.requires.includes(name);
  return (
    <TextField
      name={name}
      label={t(`field.${name as "payment_reference"}`)}
      hint={t(isOptional ? "hint.optional" : `hint.${name as "rejection_reason"}`)}
      error={error}
      maxLength={200}
      value={value}
      onChange={({ target }) => onText(target.value)}
    />
  );
}

/** What is told to the other side; required for some actions, and for an amount below the claimed one. */
function WordsField({ name, claim, offer, written, error, value, onText }: OneProps) {
  const t = useText(messages);
  const isNeeded = offer.requires.includes(name) || (offer.action === "approve" && reasonField(offer) === name && isPartial(written, claim));
  const other = claim.hospital?.name ?? claim.person_name;
  const label = t.of(`field.${name}.${offer.action}`, t.of(`field.${name}`, name.replaceAll("_", " ")));
  return (
    <TextArea
      name={name}
      rows={3}
      label={label}
      hint={
        <>
          {t("hint.toldTo", { other })} {!isNeeded && t("hint.optional")}
        </>
      }
      error={error}
      maxLength={5000}
      value={value}
      onChange={({ target }) => onText(target.value)}
    />
  );
}
