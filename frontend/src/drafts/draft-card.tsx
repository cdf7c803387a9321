/** A claim that is still being written: what is open in it, the way on, and a way to be rid of it. */
import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { configQuery, policiesQuery } from "@/api/queries";
import { messages as claimMessages } from "@/claims/messages";
import { TypeIcon } from "@/claims/type-icon";
import { buttonClass } from "@/components/button";
import { useFormat } from "@/i18n/format";
import { useLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { type Draft, answersOf } from "./answers";
import { Discard } from "./discard";
import { openParts } from "./judge";
import { messages } from "./messages";
import { todayIn } from "./today";

export function DraftCards({ drafts }: { drafts: readonly Draft[] }) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
      {drafts.map((draft) => (
        <DraftCard key={draft.id} draft={draft} />
      ))}
    </ul>
  );
}

function DraftCard({ draft }: { draft: Draft }) {
  const t = useText(messages);
  const format = useFormat();
  const [isAsking, setAsking] = useState(false);
  const name = useDraftName(draft);
  const open = useOpenText(draft);
  return (
    <li className="relative flex items-center gap-3 p-4 hover:bg-sunken sm:gap-4">
      <TypeIcon type={answersOf(draft.content).claimType || "other"} />
      <div className="min-w-0 flex-1">
        <Link to={`/file/${draft.id}`} aria-label={t("goOnNamed", { claim: name })} className="line-clamp-1 font-semibold after:absolute after:inset-0">
          {name}
        </Link>
        <p>{open}</p>
        <p className="text-sm text-muted">
          <time dateTime={draft.updated_at} title={format.time(draft.updated_at)}>
            {t("saved", { ago: format.ago(draft.updated_at) })}
          </time>
        </p>
      </div>
      <span className={buttonClass("secondary", "small", "max-sm:hidden")} aria-hidden>
        {t("goOn")}
      </span>
      <button type="button" className={buttonClass("quiet", "icon", "relative -me-2")} onClick={() => setAsking(true)}>
        <Trash2 className="size-5" aria-hidden />
        <span className="sr-only">{t("discardNamed", { claim: name })}</span>
      </button>
      {isAsking && <Discard id={draft.id} onClose={() => setAsking(false)} />}
    </li>
  );
}

/** What happened, in the claimant's words; until they have some, what kind of claim it is. */
function useDraftName({ content }: Draft): string {
  const t = useText(messages);
  const says = useText(claimMessages);
  const { description, claimType } = answersOf(content);
  if (description.trim()) return description.trim();
  return claimType ? says("claimOf", { type: says.of(`type.${claimType}`, claimType) }) : t("untitled");
}

/** Empty until it can be told. */
function useOpenText({ content, uploads }: Draft): string {
  const t = useText(messages);
  const language = useLanguage();
  const { data: policies } = useQuery(policiesQuery);
  const { data: config } = useQuery(configQuery);
  if (!policies) return "";
  const parts = openParts(answersOf(content), policies, todayIn(config?.timezone));
  const open = uploads.length === 0 ? [...parts, "documents" as const] : parts;
  if (open.length === 0) return t("whole");
  const names = new Intl.ListFormat(`${language}-IN`).format(open.map((part) => t(`part.${part}`)));
  return t("open", { parts: names });
}
