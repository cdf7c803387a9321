/** Where filing begins: with what was begun before, or, when nothing was, at once with the first question. */
import { useQuery } from "@tanstack/react-query";
import { FilePlus2 } from "lucide-react";
import { Navigate } from "react-router";
import { useMe } from "@/api/session";
import { LinkButton } from "@/components/button";
import { Section } from "@/components/card";
import { Failed, Page, SkeletonList } from "@/components/page";
import { DraftCards } from "@/drafts/draft-card";
import { messages as draftMessages } from "@/drafts/messages";
import { draftsQuery } from "@/drafts/queries";
import { useText } from "@/i18n/text";
import { beginAs, keeper, useDraft } from "./draft";
import { messages } from "./messages";
import { NEW } from "./places";

const FIRST = `/file/${NEW}/policy`;

export default function BeginPage() {
  const t = useText(messages);
  const says = useText(draftMessages);
  beginAs(useMe().id);
  const { id } = useDraft();
  const { data: drafts, error, refetch } = useQuery({ ...draftsQuery, staleTime: 0 });
  // What could not be saved is only here.
  if (keeper.isUnsaved) return <Navigate replace to={`/file/${id || NEW}`} />;
  if (drafts?.length === 0) return <Navigate replace to={FIRST} />;
  return (
    <Page title={t("title")} width="text">
      {error && !drafts && <Failed error={error} retry={() => void refetch()} />}
      {!drafts && !error && <SkeletonList rows={2} row="h-24" />}
      {drafts && (
        <Section id="drafts" title={says("title")}>
          <DraftCards drafts={drafts} />
        </Section>
      )}
      <LinkButton to={FIRST} variant="secondary" className="self-start" icon={<FilePlus2 className="size-5" aria-hidden />}>
        {t("begin.new")}
      </LinkButton>
    </Page>
  );
}
