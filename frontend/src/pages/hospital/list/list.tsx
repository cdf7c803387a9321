/** The hospital's claims; the filters stand in the address, so that a list can be kept. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { useSearchParams } from "react-router";
import { type ClaimFilters, claimsQuery, countsQuery } from "@/api/queries";
import { LinkButton } from "@/components/button";
import { More } from "@/components/more";
import { Empty, Failed, Page, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { messages as lists } from "@/pages/claims/messages";
import { SubmitButton } from "../home/home";
import type { HospitalRow } from "../queries";
import { ClaimRows } from "./claim-rows";
import { Filters } from "./filters";
import { messages } from "./messages";

const FILTERS = ["status_group", "hospital", "payer", "text"] as const;

export default function HospitalClaims() {
  const t = useText(messages);
  const [search] = useSearchParams();
  const counts = useQuery(countsQuery(filtersOf(search, "status_group")));
  return (
    <Page title={t("title")} width="desk" actions={<SubmitButton />}>
      <Filters counts={counts.data?.items ?? []} total={counts.data?.total} />
      <Claims filters={filtersOf(search)} />
    </Page>
  );
}

function Claims({ filters }: { filters: ClaimFilters }) {
  const claims = useInfiniteQuery(claimsQuery(filters));
  if (claims.error && !claims.data) return <Failed error={claims.error} retry={() => void claims.refetch()} />;
  if (!claims.data) return <SkeletonList rows={8} row="h-14" />;
  const rows = claims.data.pages.flatMap((page) => page.items) as HospitalRow[];
  if (rows.length === 0) return <None isFiltered={Object.keys(filters).length > 0} />;
  return (
    <div className="flex flex-col gap-4" aria-busy={claims.isPlaceholderData}>
      <ClaimRows rows={rows} />
      <More query={claims} />
    </div>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  const t = useText(messages);
  const says = useText(lists);
  const clear = (
    <LinkButton to="/claims" variant="secondary">
      {says("filter.clear")}
    </LinkButton>
  );
  if (!isFiltered) return <Empty title={says("none")}>{t("noneText")}</Empty>;
  return (
    <Empty icon={SearchX} title={says("noMatch")} action={clear}>
      {t("noMatchText")}
    </Empty>
  );
}

/** What of the address the API is asked, leaving one out where all of its values are counted. */
function filtersOf(search: URLSearchParams, except?: string): ClaimFilters {
  const names = FILTERS.filter((name) => name !== except && search.get(name));
  return Object.fromEntries(names.map((name) => [name, search.get(name)]));
}
