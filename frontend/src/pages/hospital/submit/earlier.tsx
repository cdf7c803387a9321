/** Finding an earlier claim by patient or number, and taking over what is the same this time. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { type Claim, claimQuery } from "@/api/queries";
import { Card } from "@/components/card";
import { controlClass } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { EMPTY, copiedFrom } from "../fields";
import type { Kept } from "../kept";
import { type HospitalRow, asHospitalClaim, earlierQuery } from "../queries";
import type { Draft } from "./draft";
import { messages } from "./messages";
import type { Parties } from "./parties";

interface EarlierProps {
  draft: Kept<Draft>;
  parties: Parties;
  onCopied: () => void;
}

export function CopyFromEarlier({ draft, parties, onCopied }: EarlierProps) {
  const t = useText(messages);
  const [text, setText] = useState("");
  const cache = useQueryClient();
  const copy = useMutation({
    mutationFn: (number: string) => cache.fetchQuery(claimQuery(number)),
    onSuccess: (claim) => {
      take(claim, draft, parties);
      onCopied();
    },
  });
  return (
    <Card className="flex flex-col gap-3">
      <label htmlFor="earlier" className="text-base font-semibold">
        {t("earlier.label")}
      </label>
      <div className="relative max-w-xl">
        <Search className="pointer-events-none absolute start-3 top-3 size-5 text-muted" aria-hidden />
        <input
          id="earlier"
          type="search"
          autoComplete="off"
          ref={focus}
          value={text}
          aria-describedby="earlier-hint"
          onChange={(event) => setText(event.target.value)}
          className={controlClass(false, "h-11 ps-10")}
        />
      </div>
      <p id="earlier-hint" className="text-muted">
        {t("earlier.hint")}
      </p>
      <ProblemNotice error={copy.error} />
      <Found text={useDeferredValue(text.trim())} onChoose={(number) => copy.mutate(number)} />
    </Card>
  );
}

function focus(input: HTMLInputElement | null): void {
  input?.focus();
}

function Found({ text, onChoose }: { text: string; onChoose: (number: string) => void }) {
  const t = useText(messages);
  const { data: rows, error } = useQuery(earlierQuery(text));
  if (error && !rows) return <Failed error={error} />;
  if (!rows) return <SkeletonList rows={3} row="h-12" />;
  return (
    <>
      <p role="status" className="sr-only">
        {t("earlier.count", { count: rows.length })}
      </p>
      {rows.length === 0 && <p className="text-muted">{t("earlier.none")}</p>}
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <Earlier key={row.id} row={row} onChoose={onChoose} />
        ))}
      </ul>
    </>
  );
}

function Earlier({ row, onChoose }: { row: HospitalRow; onChoose: (number: string) => void }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <li className="relative flex flex-wrap items-center justify-between gap-x-4 py-2 hover:bg-sunken">
      <span className="min-w-0">
        <span className="block font-semibold">{row.person_name}</span>
        <span className="text-muted">
          <span className="whitespace-nowrap">{row.claim_number}</span> · {row.payer.name} · {format.date(row.created_at)}
        </span>
      </span>
      <button
        type="button"
        aria-label={t("earlier.takeNamed", { name: row.person_name, number: row.claim_number })}
        onClick={() => onChoose(row.claim_number)}
        className="min-h-9 cursor-pointer rounded-control px-3 font-semibold text-brand after:absolute after:inset-0"
      >
        {t("earlier.take")}
      </button>
    </li>
  );
}

/** What was typed of the new stay remains: its dates, its amount, its notes. */
function take(given: Claim, draft: Kept<Draft>, parties: Parties): void {
  const claim = asHospitalClaim(given);
  if (!claim) return;
  const now = draft.read();
  const { values, others } = copiedFrom(claim.form_data ?? {});
  const { admission_date, discharge_date, claimed_amount, notes } = now;
  const hospital = parties.hospitals.find(({ id }) => id === claim.hospital?.id)?.id ?? now.hospital_id;
  const payer = parties.payersOf(hospital).find(({ id }) => id === claim.payer.id)?.id ?? "";
  const kept = { admission_date, discharge_date, claimed_amount, notes };
  draft.change({ ...EMPTY, ...values, ...kept, others, hospital_id: hospital, payer_id: payer, source: claim.claim_number });
}
