/** The desk in the sizes of what comes. */
import { Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { useRemembered } from "@/keyboard/remembered";
import { messages } from "./messages";
import { SPLIT } from "./split";

export function DeskSkeleton() {
  const t = useText(messages);
  const [split] = useRemembered(SPLIT.name, SPLIT.start);
  return (
    <div role="status" className="flex flex-col lg:h-[calc(100dvh-3.5625rem)]">
      <span className="sr-only">{t("loading")}</span>
      <div className="flex flex-col gap-3 border-b border-line bg-surface px-4 py-3 sm:px-6">
        <Skeleton className="h-8 w-80 max-w-full" />
        <Skeleton className="h-10 w-full max-w-3xl" />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="hidden bg-sunken lg:block" style={{ width: `${split}%` }} />
        <div className="flex flex-1 flex-col gap-4 p-4 sm:px-6">
          <Skeleton className="h-9 w-96 max-w-full" />
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-64 w-full" />
        </div>
      </div>
    </div>
  );
}
