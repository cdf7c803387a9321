/** The claim as it will be sent, part by part, each value with its way back. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { configQuery } from "@/api/queries";
import { useSlotName } from "@/claims/asked";
import { fieldId } from "@/components/field";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { amountOf } from "@/drafts/money";
import { FileRow } from "@/uploads/file-row";
import { useUploads } from "@/uploads/upload-list";
import { NAMES } from "../fields";
import { type Kept, useKept } from "../kept";
import { messages as shared } from "../messages";
import { ValueText } from "../value-text";
import { useAsked } from "./asked-documents";
import type { Draft } from "./draft";
import { messages } from "./messages";

export function Summary({ draft, hospital, payer }: { draft: Kept<Draft>; hospital: string; payer: string }) {
  const t = useText(messages);
  const says = useText(shared);
  const format = useFormat();
  const values = useKept(draft);
  const { data: config } = useQuery(configQuery);
  const files = useUploads(draft.uploads);
  const slotName = useSlotName(useAsked());
  const amount = amountOf(values.claimed_amount) ?? "0";
  return (
    <dl className="divide-y divide-line rounded-surface border border-line bg-surface">
      <Answered name={t("hospital")}>{hospital}</Answered>
      <Answered name={says("field.payer_name")} place={fieldId("payer_id")}>
        {payer}
      </Answered>
      {NAMES.filter((name) => values[name].trim()).map((name) => (
        <Answered key={name} name={says(`field.${name}`)} place={fieldId(name)}>
          {name === "claimed_amount" ? (
            <data className="text-base font-semibold">{config ? format.amount(amount, config.currency) : amount}</data>
          ) : (
            <ValueText name={name} value={values[name]} />
          )}
        </Answered>
      ))}
      {Object.entries(values.others).map(([name, value]) => (
        <Answered key={name} name={says.of(`field.${name}`, name.replaceAll("_", " "))}>
          <ValueText name={name} value={value} />
        </Answered>
      ))}
      <Answered name={t("documents")} place="documents">
        {files.length === 0 && <span className="text-muted">{t("check.noDocuments")}</span>}
        <ul className="divide-y divide-line">
          {files.map((picked) => (
            <FileRow key={picked.id} picked={picked} list={draft.uploads} what={slotName(picked.slot)} />
          ))}
        </ul>
      </Answered>
    </dl>
  );
}

/** `place` is where on the form it can be changed. */
function Answered({ name, place, children }: { name: string; place?: string; children: ReactNode }) {
  const t = useText(messages);
  return (
    <div className="grid grid-cols-[1fr_auto] gap-x-4 px-4 py-2.5 sm:grid-cols-[14rem_1fr_auto]">
      <dt className="text-muted first-letter:uppercase">{name}</dt>
      <dd className="order-last col-span-2 min-w-0 sm:order-none sm:col-span-1">{children}</dd>
      {place && (
        <dd>
          <Link
            to={`/hospital/submit#${place}`}
            aria-label={t("check.changeNamed", { what: name })}
            className="text-brand underline underline-offset-4"
          >
            {t("check.change")}
          </Link>
        </dd>
      )}
    </div>
  );
}
