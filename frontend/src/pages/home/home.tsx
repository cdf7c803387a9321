/** The first page of a policyholder: what is new for them, their claims and policies. Others begin with their claims. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FilePlus2 } from "lucide-react";
import { Link, Navigate } from "react-router";
import { roleOf, useMe } from "@/api/session";
import { NEWEST, claimsQuery, isAwaited } from "@/api/queries";
import { ClaimLine } from "@/claims/claim-line";
import { LinkButton } from "@/components/button";
import { Section } from "@/components/card";
import { cx } from "@/components/cx";
import { Empty, Failed, Heading, Page, SkeletonList } from "@/components/page";
import { DraftCards } from "@/drafts/draft-card";
import { messages as draftMessages } from "@/drafts/messages";
import { draftsQuery } from "@/drafts/queries";
import { useText } from "@/i18n/text";
import { unreadQuery } from "@/live/inbox";
import { messages } from "./messages";
import { News } from "./news";
import { Policies } from "./policies";

export default function HomePage() {
  const me = useMe();
  return roleOf(me) === "policyholder" ? <PolicyholderHome name={me.name} /> : <Navigate replace to="/claims" />;
}

function PolicyholderHome({ name }: { name: string }) {
  const t = useText(messages);
  // How much stands above the claims; until it is known nothing is shown that it would push down.
  const isUnknown = [useQuery(draftsQuery), useQuery(unreadQuery())].some(isAwaited);
  return (
    <Page title={t("title")} heading={<Heading>{t("hello", { name: name.split(" ")[0] ?? name })}</Heading>} actions={<FileButton />}>
      {isUnknown ? <SkeletonList rows={4} row="h-28" /> : <ToDo />}
      <div className={cx("grid items-start gap-10 lg:grid-cols-[minmax(0,1fr)_20rem]", isUnknown && "hidden")}>
        <Section id="claims" title={t("claims.title")} aside={<AllClaims />}>
          <NewestClaims />
        </Section>
        <Section id="policies" title={t("policies.title")}>
          <Policies />
        </Section>
      </div>
    </Page>
  );
}

/** What was begun, and what is new. */
function ToDo() {
  const t = useText(draftMessages);
  const { data: drafts } = useQuery(draftsQuery);
  return (
    <>
      {drafts && drafts.length > 0 && (
        <Section id="drafts" title={t("title")}>
          <DraftCards drafts={drafts} />
        </Section>
      )}
      <News isQuiet={Boolean(drafts?.length)} />
    </>
  );
}

function FileButton() {
  const t = useText(messages);
  return (
    <LinkButton to="/file" icon={<FilePlus2 className="size-5" aria-hidden />} className="w-full sm:w-auto">
      {t("file")}
    </LinkButton>
  );
}

function AllClaims() {
  const t = useText(messages);
  return (
    <Link to="/claims" className="text-brand underline underline-offset-4">
      {t("claims.all")}
    </Link>
  );
}

function NewestClaims() {
  const t = useText(messages);
  const { data, error, refetch } = useInfiniteQuery(claimsQuery(NEWEST));
  if (error && !data) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={5} row="h-28" />;
  const claims = data.pages.flatMap((page) => page.items);
  if (claims.length === 0) return <Empty title={t("claims.none")}>{t("claims.noneText")}</Empty>;
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
      {claims.map((claim) => (
        <ClaimLine key={claim.id} claim={claim} />
      ))}
    </ul>
  );
}
