/** Everything that happened to the claim, the newest first. */
import { useQuery } from "@tanstack/react-query";
import { type Claim, type HistoryItem, historyQuery } from "@/api/queries";
import { marksAsked } from "@/claims/place";
import { Section } from "@/components/card";
import { Failed, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { MarkedPlaces } from "./later";
import { messages } from "./messages";

// The reader wrote or read these words elsewhere on the page.
const TOLD_ELSEWHERE = new Set(["claim_message"]);

export function Timeline({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const { data: history, error, refetch } = useQuery(historyQuery(claim.claim_number));
  return (
    <Section id="timeline" title={t("timeline.title")}>
      {error && !history && <Failed error={error} retry={() => void refetch()} />}
      {!history && !error && <SkeletonList rows={3} row="h-12" />}
      {history && (
        <ol className="flex flex-col">
          {history.toReversed().map((event) => (
            <Event key={event.id} event={event} claim={claim} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function Event({ event, claim }: { event: HistoryItem; claim: Claim }) {
  const t = useText(messages);
  const format = useFormat();
  const words = TOLD_ELSEWHERE.has(event.type) ? [] : Object.values(event.texts).filter(Boolean);
  const isMove = event.action !== null;
  return (
    <li className="group relative flex gap-4 pb-5 last:pb-0">
      {/* The line to the one before it. */}
      <span className="absolute start-[5px] top-3 h-full w-0.5 bg-line group-last:hidden" aria-hidden />
      <span
        className={`relative mt-1.5 size-3 shrink-0 rounded-full border-2 ${isMove ? "border-brand bg-brand" : "border-control bg-surface"}`}
        aria-hidden
      />
      <div className="min-w-0 flex-1">
        <p className={isMove ? "font-semibold" : ""}>{useTitle(event, claim)}</p>
        <p className="text-sm text-muted">
          {event.actor ? t("timeline.by", { name: event.actor.name, time: format.time(event.at) }) : format.time(event.at)}
        </p>
        {words.map((text) => (
          <p key={text} className="mt-1 max-w-prose whitespace-pre-line">
            {text}
          </p>
        ))}
        {isMove && <MarkedPlaces marks={marksAsked(claim, event.at)} documents={claim.documents} />}
      </div>
    </li>
  );
}

function useTitle({ action, type, details }: HistoryItem, claim: Claim): string {
  const t = useText(messages);
  const format = useFormat();
  const plain = (action ?? type).replaceAll("_", " ");
  if (action === "approve" && typeof details.approved_amount === "string") {
    return t("timeline.approve.amount", { amount: format.amount(details.approved_amount, claim.currency) });
  }
  if (action) return t.of(`timeline.${action}.${details.resolution}`, t.of(`timeline.${action}`, plain));
  if (type === "claim_documents_added") {
    return t("timeline.claim_documents_added", { count: Array.isArray(details.documents) ? details.documents.length : 1 });
  }
  if (type === "claim_document_verified") {
    const name = claim.documents.find(({ id }) => id === details.document_id)?.file_name ?? t("timeline.aDocument");
    return t(`timeline.claim_document_verified.${details.verification as "verified"}`, { name });
  }
  return t.of(`timeline.${type}`, plain);
}
