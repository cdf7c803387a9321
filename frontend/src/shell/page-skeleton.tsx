/** What is shown until the first page is there, in the size of what comes. */
import { Skeleton, SkeletonList } from "@/components/page";
import { Wordmark } from "./mark";

export function PageSkeleton() {
  return (
    <>
      <div className="border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-5xl items-center px-4 sm:px-6">
          <Wordmark />
        </div>
      </div>
      <ContentSkeleton />
    </>
  );
}

export function ContentSkeleton() {
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-6 sm:px-6 sm:py-10">
      <Skeleton className="h-9 w-64 max-w-full" />
      <SkeletonList rows={3} row="h-24" />
    </div>
  );
}
