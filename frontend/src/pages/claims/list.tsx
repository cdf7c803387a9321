/** The claims one may see; its filters stand in the address, so that a list can be kept and passed on. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { FilePlus2, SearchX } from "lucide-react";
import { useSearchParams } from "react-router";
import { type ClaimFilters, claimsQuery, countsQuery } from "@/api/queries";
import { roleOf, useMe } from "@/api/session";
import { ClaimLine } from "@/claims/claim-line";
import { LinkButton } from "@/components/button";
import { More } from "@/components/more";
import { Empty, Failed, Page, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { Filters } from "./filters";
import { messages } from "./messages";

export default function ClaimsPage() {
  const t = useText(messages);
  const mayFile = roleOf(useMe()) === "policyholder";
  const [search] = useSearchParams();
  const filters = filtersOf(search);
  const counts = useQuery(countsQuery(filtersOf(search, "status")));
  return (
    <Page title={t("title")} actions={mayFile && <FileButton />}>
      <Filters counts={counts.data?.items ?? []} total={counts.data?.total} />
      <Claims filters={filters} />
    </Page>
  );
}

function Claims({ filters }: { filters: ClaimFilters }) {
  const claims = useInfiniteQuery(claimsQuery(filters));
  if (claims.error && !claims.data) return <Failed error={claims.error} retry={() => void claims.refetch()} />;
  if (!claims.data) return <SkeletonList rows={6} row="h-28" />;
  const rows = claims.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <None isFiltered={Object.keys(filters).length > 0} />;
  return (
    <div className="flex flex-col gap-4" aria-busy={claims.isPlaceholderData}>
      <ul className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
        {rows.map((claim) => (
          <ClaimLine key={claim.id} claim={claim} />
        ))}
      </ul>
      <More query={claims} />
    </div>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  const t = useText(messages);
  const clear = (
    <LinkButton to="/claims" variant="secondary">
      {t("filter.clear")}
    </LinkButton>
  );
  if (!isFiltered) return <Empty title={t("none")}>{t("noneText")}</Empty>;
  return (
    <Empty icon={SearchX} title={t("noMatch")} action={clear}>
      {t("noMatchText")}
    </Empty>
  );
}

function FileButton() {
  const t = useText(messages);
  return (
    <LinkButton to="/file" icon={<FilePlus2 className="size-5" aria-hidden />}>
      {t("file")}
    </LinkButton>
  );
}

/** What of the address the API is asked, leaving one out where all of its values are counted. */
function filtersOf(search: URLSearchParams, except?: string): ClaimFilters {
  const names = ["status", "claim_type", "text"].filter((name) => name !== except && search.get(name));
  return Object.fromEntries(names.map((name) => [name, search.get(name)]));
}
