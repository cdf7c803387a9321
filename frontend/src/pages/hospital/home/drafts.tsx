/** Claims that are still being written at this desk, by whom one is: each goes on where it was left. */
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { buttonClass } from "@/components/button";
import { Section } from "@/components/card";
import type { Draft } from "@/drafts/answers";
import { Discard } from "@/drafts/discard";
import { draftsQuery } from "@/drafts/queries";
import { messages as drafting } from "@/drafts/messages";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { HOSPITAL } from "../submit/draft";
import { messages } from "./messages";

export function Drafts() {
  const t = useText(messages);
  const { data: drafts } = useQuery(draftsQuery);
  if (!drafts?.length) return null;
  return (
    <Section id="drafts" title={t("drafts")}>
      <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
        {drafts.map((draft) => (
          <Line key={draft.id} draft={draft} />
        ))}
      </ul>
    </Section>
  );
}

function Line({ draft: { id, content, uploads, updated_at: at } }: { draft: Draft }) {
  const t = useText(messages);
  const says = useText(drafting);
  const format = useFormat();
  const [isAsking, setAsking] = useState(false);
  const { patient_name: patient, payer_name: payer } = HOSPITAL.of(content);
  const name = patient || says("untitled");
  const about = [payer, t("drafts.files", { count: uploads.length }), says("saved", { ago: format.ago(at) })].filter(Boolean);
  return (
    <li className="relative flex items-center gap-3 px-4 py-2 hover:bg-sunken">
      <div className="min-w-0 flex-1">
        <Link to={`/hospital/submit?draft=${id}`} aria-label={says("goOnNamed", { claim: name })} className="line-clamp-1 font-semibold after:absolute after:inset-0">
          {name}
        </Link>
        <p className="text-muted">{about.join(" · ")}</p>
      </div>
      <button type="button" className={buttonClass("quiet", "icon", "relative -me-2")} onClick={() => setAsking(true)}>
        <Trash2 className="size-5" aria-hidden />
        <span className="sr-only">{says("discardNamed", { claim: name })}</span>
      </button>
      {isAsking && <Discard id={id} onClose={() => setAsking(false)} />}
    </li>
  );
}
