/** One action for many claims: which of them it concerns, its fields, who is told, and doing it. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { SubmissionKey } from "@/api/submission";
import { useStatusWords } from "@/claims/status-badge";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { useText } from "@/i18n/text";
import type { Offer } from "../offers";
import type { Row } from "../queries";
import { usePlaceInLists } from "../working";
import { ActionField } from "./fields";
import { messages } from "./messages";
import { type Report, reportOf } from "./report";
import { bodyOf } from "./values";
import { nameOf } from "./name";

interface FormProps {
  offer: Offer;
  rows: Row[];
  onBack: () => void;
  /** `left`: those that were too many for one time. */
  onDone: (report: Report, left: Row[]) => void;
}

const MOST = 100;

export function ActionForm({ offer, rows, onBack, onDone }: FormProps) {
  const t = useText(messages);
  const place = usePlaceInLists();
  const [values, setValues] = useState<Record<string, string>>({});
  const [isTried, setTried] = useState(false);
  const [key] = useState(() => new SubmissionKey());
  const moved = offer.rows.slice(0, MOST);
  const missing = offer.requires.filter((name) => !values[name]?.trim());
  const { mutate, isPending, error } = useMutation({
    mutationFn: (chosen: Row[]) => {
      const body = { action: offer.action, claim_ids: chosen.slice(0, MOST).map(({ id }) => id), ...bodyOf(values) };
      return api.post("/claims/bulk-actions", { body, idempotencyKey: key.for(body) });
    },
    onSuccess: ({ results }, chosen) => {
      place([]);
      onDone(reportOf(results, chosen.slice(0, MOST)), chosen.slice(MOST));
    },
  });
  const submit = () => {
    setTried(true);
    const [first] = missing;
    if (first) document.getElementById(`field-${first}`)?.focus();
    else if (!isPending && moved.length > 0) mutate(offer.rows);
  };
  const name = nameOf(t, offer.action, offer.labels);
  return (
    <form noValidate className="flex flex-col gap-4 p-4" onSubmit={(event) => (event.preventDefault(), submit())}>
      <h2 ref={focus} tabIndex={-1} className="text-base">
        {name}
      </h2>
      <Preview offer={offer} rows={rows} />
      {[...offer.requires, ...offer.optional].map((field) => (
        <ActionField
          key={field}
          name={field}
          isNeeded={offer.requires.includes(field)}
          error={isTried && missing.includes(field) ? t("needed") : undefined}
          onChange={(value) => setValues((before) => ({ ...before, [field]: value }))}
        />
      ))}
      <ProblemNotice error={error} />
      <div className="flex flex-wrap gap-2">
        {moved.length > 0 && (
          <Button type="submit" size="small" busy={isPending}>
            {t("run", { action: name, count: moved.length })}
          </Button>
        )}
        <Button variant="secondary" size="small" onClick={onBack}>
          {t("back")}
        </Button>
      </div>
    </form>
  );
}

function focus(heading: HTMLElement | null): void {
  heading?.focus();
}

/** Which will be moved and which not, as far as that is known beforehand. */
function Preview({ offer, rows }: { offer: Offer; rows: Row[] }) {
  const t = useText(messages);
  const say = useStatusWords();
  const concerned = new Set(offer.rows);
  const others = rows.filter((row) => !concerned.has(row));
  const told = offer.audiences.map((audience) => t.of(`audience.${audience}`, audience)).join(", ");
  return (
    <div className="flex flex-col gap-1">
      <p>
        <strong className="font-semibold">{t("will", { count: Math.min(offer.rows.length, MOST) })}</strong>
        {offer.rows.length > 0 && ": "}
        <span className="text-muted">{offer.rows.slice(0, MOST).map(({ claim_number: number }) => number).join(", ")}</span>
      </p>
      {others.length > 0 && (
        <div>
          <p className="font-semibold">{t("willNot", { count: others.length })}</p>
          <ul className="max-h-24 overflow-y-auto text-muted">
            {others.map((row) => (
              <li key={row.id}>{t("stands", { number: row.claim_number, status: say(row.status) })}</li>
            ))}
          </ul>
        </div>
      )}
      {told && <p>{t("told", { who: told })}</p>}
      {offer.guards.length > 0 && <p className="text-muted">{t("judged")}</p>}
    </div>
  );
}
