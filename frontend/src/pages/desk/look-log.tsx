/** Who has looked at the claim and its documents, how and how often: behind a disclosure, for whoever asks. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Failed, SkeletonList } from "@/components/page";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { type StaffClaim, type Viewer, viewersQuery } from "./queries";

export function LookLog({ claim }: { claim: StaffClaim }) {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  const { data: looks, error, refetch } = useQuery({ ...viewersQuery(claim.claim_number), enabled: isOpen });
  return (
    <details className="no-print rounded-surface border border-line bg-surface" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="cursor-pointer rounded-surface px-3 py-2.5 font-semibold">{t("looks.title")}</summary>
      <div className="flex flex-col gap-3 border-t border-line p-3">
        {error && !looks && <Failed level="h2" error={error} retry={() => void refetch()} />}
        {isOpen && !looks && !error && <SkeletonList rows={2} row="h-14" />}
        {looks?.length === 0 && <p className="text-muted">{t("looks.none")}</p>}
        <ul className="flex flex-col gap-2">
          {looks?.map((look) => (
            <Look key={[look.user_id, look.document_id, look.what].join()} look={look} />
          ))}
        </ul>
      </div>
    </details>
  );
}

function Look({ look }: { look: Viewer }) {
  const t = useText(messages);
  const format = useFormat();
  return (
    <li className="flex flex-wrap justify-between gap-x-3">
      <span>
        {look.user_name} <span className="text-muted">· {look.file_name ?? t("looks.claim")} · {t.of(`look.${look.what}`, look.what)}</span>
      </span>
      <span className="text-xs text-muted">
        {t("looks.times", { count: look.times })} · <time dateTime={look.last_at}>{t("looks.last", { time: format.time(look.last_at) })}</time>
      </span>
    </li>
  );
}
