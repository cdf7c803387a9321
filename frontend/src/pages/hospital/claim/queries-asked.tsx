/** What the payer asked and what was answered, the newest first. */
import { DueMark } from "@/claims/due-mark";
import MarkedPlaces from "@/claims/marked";
import { Section } from "@/components/card";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import type { HospitalClaim } from "../queries";
import { messages } from "./messages";
import { type Query, openQuestion, useQueryTitle } from "./question";

export function Queries({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  // What is open stands on top of the page, with the form of its answer.
  const answered = claim.queries.filter((query) => query !== openQuestion(claim));
  if (answered.length === 0) return null;
  return (
    <Section id="queries" title={t("queries")}>
      <ol className="divide-y divide-line rounded-surface border border-line bg-surface">
        {answered.toReversed().map((query) => (
          <Asked key={query.id} query={query} claim={claim} />
        ))}
      </ol>
    </Section>
  );
}

function Asked({ query, claim }: { query: Query; claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const { raised_by: by, raised_at: at, items, remarks } = query;
  return (
    <li className="flex flex-col gap-3 p-4">
      <div>
        <h3 className="text-base">{useQueryTitle(query)}</h3>
        <p className="text-muted">{t("askedBy", { name: by.name, time: format.time(at) })}</p>
        <p className="mt-1 max-w-prose whitespace-pre-line">{remarks ?? t("erased")}</p>
        {items.length > 0 && (
          <ul className="mt-1 list-disc ps-5">
            {items.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        )}
        <MarkedPlaces marks={query.marks} documents={claim.documents} />
      </div>
      <Answer query={query} claim={claim} />
    </li>
  );
}

function Answer({ query, claim }: { query: Query; claim: HospitalClaim }) {
  const t = useText(messages);
  const format = useFormat();
  const { answered_at: at, answered_by: by, answer, due_at: due } = query;
  if (at === null) return due ? <DueMark due={due} /> : <p className="font-medium text-waiting">{t("notAnswered")}</p>;
  const names = claim.documents.filter(({ id }) => query.document_ids.includes(id)).map(({ file_name: name }) => name);
  return (
    <div className="rounded-control bg-sunken p-3">
      <p className="text-muted">{t("answeredBy", { name: by?.name ?? "", time: format.time(at) })}</p>
      <p className="mt-1 max-w-prose whitespace-pre-line">{answer ?? t("erased")}</p>
      {names.length > 0 && <p className="mt-1 text-muted">{t("with", { files: names.join(", ") })}</p>}
    </div>
  );
}
