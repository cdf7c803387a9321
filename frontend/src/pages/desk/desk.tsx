/** The claim as those work on it who judge: its documents on one side; its data, history and what can be done on the other. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { type Place, historyQuery, isAwaited } from "@/api/queries";
import { Failed, WindowTitle } from "@/components/page";
import { useReadNotices } from "@/claims/read-notices";
import { usePlaces } from "@/keyboard/places";
import { DeskSkeleton } from "./desk-skeleton";
import { Head } from "./head";
import { toMark, useMarking } from "./marking";
import { type StaffClaim, deskClaimQuery } from "./queries";
import { Side } from "./side";
import { type Pane, Split } from "./split";
import { Viewer } from "./viewer/viewer";

export default function DeskPage() {
  const { id = "" } = useParams();
  const { data: claim, error, refetch } = useQuery(deskClaimQuery(id));
  const history = useQuery(historyQuery(id));
  if (error && !claim) {
    return (
      <div className="mx-auto max-w-2xl px-4 py-10">
        <Failed level="h1" error={error} retry={() => void refetch()} />
      </div>
    );
  }
  // The history is waited for, so that nothing jumps; when it fails, the page is shown without it.
  return claim && !isAwaited(history) ? <Desk key={claim.id} claim={claim} /> : <DeskSkeleton />;
}

interface Looked {
  shown: string | null;
  /** The place on it that was asked for. */
  place: Place | null;
}

/** Another number in the address is another claim: nothing of the former one's forms stays. */
function Desk({ claim }: { claim: StaffClaim }) {
  const [{ shown, place }, setShown] = useState<Looked>({ shown: null, place: null });
  const [pane, setPane] = useState<Pane>("data");
  const show = (document: string, at: Place | null = null) => {
    setShown({ shown: document, place: at });
    setPane("documents");
  };
  const marking = useMarking(claim, () => show(toMark(claim.documents, shown), place), () => setPane("data"));
  useReadNotices(claim.claim_number);
  usePlaces();
  return (
    <div data-desk className="flex flex-col text-sm lg:h-[calc(100dvh-3.5625rem)] print:block print:h-auto">
      <WindowTitle>{claim.claim_number}</WindowTitle>
      <Head claim={claim} />
      <Split
        pane={pane}
        onPane={setPane}
        documents={<Viewer claim={claim} shown={shown} onShow={(id) => setShown({ shown: id, place: null })} place={place} marking={marking} />}
        data={<Side claim={claim} onShow={show} onShowPlace={(at) => show(at.document_id, { ...at })} marking={marking} />}
        count={claim.documents.length}
      />
    </div>
  );
}
