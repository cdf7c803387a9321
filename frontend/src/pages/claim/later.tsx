/** Parts of a claim's page that are fetched after it, or when they are asked for. */
import { Suspense, lazy } from "react";
import type { Claim } from "@/api/queries";
import type { MarkedPlacesProps } from "@/claims/marked";
import { Skeleton } from "@/components/page";
import type { AddDocumentsProps } from "./add-documents";
import type { AppealProps } from "./appeal";
import type { CorrectProps } from "./correct";

const Adding = lazy(() => import("./add-documents"));
const Appealing = lazy(() => import("./appeal"));
const Correcting = lazy(() => import("./correct"));
const Talking = lazy(() => import("./conversation"));
const Marked = lazy(() => import("@/claims/marked"));

export function AddDocuments(props: AddDocumentsProps) {
  return (
    <Suspense fallback={<Skeleton className="h-48" />}>
      <Adding {...props} />
    </Suspense>
  );
}

export function Conversation({ claim }: { claim: Claim }) {
  return (
    <Suspense fallback={<Skeleton className="h-72" />}>
      <Talking claim={claim} />
    </Suspense>
  );
}

export function Correct(props: CorrectProps) {
  return (
    <Suspense fallback={<Skeleton className="h-96" />}>
      <Correcting {...props} />
    </Suspense>
  );
}

export function MarkedPlaces(props: MarkedPlacesProps) {
  if (props.marks.length === 0) return null;
  return (
    <Suspense fallback={<Skeleton className="mt-1 h-6" />}>
      <Marked {...props} />
    </Suspense>
  );
}

/** A dialog: nothing stands in its place until it is there. */
export function Appeal(props: AppealProps) {
  return (
    <Suspense>
      <Appealing {...props} />
    </Suspense>
  );
}
