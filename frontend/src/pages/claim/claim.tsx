/** One claim: where it stands, what one can do, and everything about it. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { type Claim, claimQuery, configQuery, historyQuery, isAwaited, policiesQuery } from "@/api/queries";
import { roleOf, useMe } from "@/api/session";
import { messages as claimMessages } from "@/claims/messages";
import { outlookQuery } from "@/claims/outlook";
import { useReadNotices } from "@/claims/read-notices";
import { ContentSkeleton } from "@/shell/page-skeleton";
import { Failed, Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { Amounts } from "./amounts";
import { Aside, Back } from "./around";
import { Documents } from "./documents";
import { Facts } from "./facts";
import { Head } from "./head";
import { Conversation } from "./later";
import { Progress } from "./progress";
import { Timeline } from "./timeline";
import { Todo } from "./todo";
import { Withdraw } from "./withdraw";

export default function ClaimPage() {
  const { id = "" } = useParams();
  const { data: claim, error, refetch } = useQuery(claimQuery(id));
  const isWhole = useIsWhole(id);
  if (error && !claim) {
    return (
      <div className="mx-auto max-w-2xl px-4 py-10">
        <Failed level="h1" error={error} retry={() => void refetch()} />
      </div>
    );
  }
  // Another number in the address is another claim: nothing of the former one's forms stays.
  return claim && isWhole ? <Shown key={claim.id} claim={claim} /> : <ContentSkeleton />;
}

/** What is read beside the claim is waited for, so that nothing jumps; when it fails, the page is shown without it. */
function useIsWhole(id: string): boolean {
  const isHolder = roleOf(useMe()) === "policyholder";
  const history = useQuery(historyQuery(id));
  const policies = useQuery({ ...policiesQuery, enabled: isHolder });
  const config = useQuery(configQuery);
  const outlook = useQuery(outlookQuery(id));
  return ![history, policies, config, outlook].some(isAwaited);
}

function Shown({ claim }: { claim: Claim }) {
  const says = useText(claimMessages);
  const title = says("claimOf", { type: says.of(`type.${claim.claim_type}`, claim.claim_type) });
  useReadNotices(claim.claim_number);
  return (
    <Page title={`${title} ${claim.claim_number}`} heading={<Back />} actions={<Aside />}>
      <Head claim={claim} title={title} />
      <Todo claim={claim} />
      <Progress claim={claim} />
      <div className="mt-2 flex flex-col gap-10 lg:grid lg:grid-cols-[minmax(0,1fr)_22rem] lg:items-start">
        <div className="flex min-w-0 flex-col gap-10">
          {/* In one column the amounts come first, in two they stand beside. */}
          <Amounts claim={claim} className="lg:hidden" id="amounts-first" />
          <Documents claim={claim} />
          <Conversation claim={claim} />
          <Timeline claim={claim} />
        </div>
        <div className="flex min-w-0 flex-col gap-10">
          <Amounts claim={claim} className="max-lg:hidden" id="amounts" />
          <Facts claim={claim} />
          <Withdraw claim={claim} />
        </div>
      </div>
    </Page>
  );
}
