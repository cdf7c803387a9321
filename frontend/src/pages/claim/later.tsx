/** Parts of a claim's page that are fetched when they are asked for. */
import { Suspense, lazy } from "react";
import { Skeleton } from "@/components/page";
import type { AddDocumentsProps } from "./add-documents";

const Adding = lazy(() => import("./add-documents"));

export function AddDocuments(props: AddDocumentsProps) {
  return (
    <Suspense fallback={<Skeleton className="h-48" />}>
      <Adding {...props} />
    </Suspense>
  );
}
