/** One claim as its hospital sees it: where it stands, what the hospital is to do, and everything about it. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { claimQuery, configQuery, historyQuery, isAwaited } from "@/api/queries";
import { Failed, Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { Amounts } from "@/pages/claim/amounts";
import { Aside, Back } from "@/pages/claim/around";
import { Documents } from "@/pages/claim/documents";
import { Conversation } from "@/pages/claim/later";
import { outlookQuery } from "@/claims/outlook";
import { useReadNotices } from "@/claims/read-notices";
import { Timeline } from "@/pages/claim/timeline";
import { Todo } from "@/pages/claim/todo";
import { ContentSkeleton } from "@/shell/page-skeleton";
import { useWarningBeforeClosing } from "../kept";
import { type HospitalClaim, asHospitalClaim } from "../queries";
import { Decision } from "./decision";
import { FormFacts } from "./form-facts";
import { Head } from "./head";
import { messages } from "./messages";
import { Queries } from "./queries-asked";
import { ToDo } from "./to-do";

export default function HospitalClaimPage() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(claimQuery(id));
  // Read beside the claim, so that nothing jumps.
  const history = useQuery(historyQuery(id));
  const config = useQuery(configQuery);
  const outlook = useQuery(outlookQuery(id));
  const claim = asHospitalClaim(data);
  if (error && !data) {
    return (
      <div className="mx-auto max-w-2xl px-4 py-10">
        <Failed level="h1" error={error} retry={() => void refetch()} />
      </div>
    );
  }
  const isWhole = claim && ![history, config, outlook].some(isAwaited);
  return isWhole ? <Shown key={claim.id} claim={claim} /> : <ContentSkeleton />;
}

function Shown({ claim }: { claim: HospitalClaim }) {
  const t = useText(messages);
  useReadNotices(claim.claim_number);
  useWarningBeforeClosing();
  return (
    // The window is named by the number: the browser remembers its name.
    <Page title={t("title", { number: claim.claim_number })} heading={<Back />} actions={<Aside />} width="desk">
      <Head claim={claim} />
      <div className="flex flex-col gap-10 lg:grid lg:grid-cols-[minmax(0,1fr)_22rem] lg:items-start xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="flex min-w-0 flex-col gap-10">
          <div className="flex flex-col gap-4 empty:hidden">
            <Decision claim={claim} />
            <ToDo claim={claim} />
            <Todo claim={claim} />
          </div>
          <Queries claim={claim} />
          <Documents claim={claim} />
          <Conversation claim={claim} />
          <Timeline claim={claim} />
        </div>
        <div className="flex min-w-0 flex-col gap-10">
          {claim.approved_amount !== null && <Amounts claim={claim} className="" id="amounts" />}
          <FormFacts claim={claim} />
        </div>
      </div>
    </Page>
  );
}
