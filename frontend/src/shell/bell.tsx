/** The bell in the header: how many notifications are unread, whether there are new ones, and the newest ten. */
import { Bell as BellIcon } from "lucide-react";
import { Suspense, lazy } from "react";
import { cx } from "@/components/cx";
import { Menu } from "@/components/menu";
import { Skeleton } from "@/components/page";
import { useText } from "@/i18n/text";
import { capped } from "@/live/inbox";
import { useBadge } from "@/live/looked-at";
import { messages } from "@/live/messages";

// On a phone as wide as the window; the header is its frame there.
const PANEL = "max-sm:fixed max-sm:inset-x-2 max-sm:top-14 overflow-hidden sm:absolute sm:end-0 sm:w-md";

const BellPanel = lazy(async () => ({ default: (await import("./bell-panel")).BellPanel }));

export function Bell() {
  return (
    <Menu
      label={<Badge />}
      className="relative flex size-10 cursor-pointer items-center justify-center rounded-full text-muted hover:bg-sunken hover:text-ink aria-expanded:bg-sunken aria-expanded:text-ink"
      panelClass={PANEL}
    >
      {(close) => (
        <Suspense fallback={<Skeleton className="m-4 h-40" />}>
          <BellPanel close={close} />
        </Suspense>
      )}
    </Menu>
  );
}

/** Strong while there is something new, quiet once one has looked. */
function Badge() {
  const t = useText(messages);
  const { unread, hasUnseen } = useBadge();
  return (
    <>
      <BellIcon className="size-5.5" aria-hidden />
      {unread > 0 && (
        <data
          value={unread}
          aria-hidden
          data-unseen={hasUnseen || undefined}
          className={cx(
            "absolute start-5 top-0 min-w-5 rounded-full px-1 text-center text-xs leading-5 font-semibold ring-2 ring-surface",
            hasUnseen ? "bg-negative text-surface" : "bg-brand text-on-brand",
          )}
        >
          {capped(unread)}
        </data>
      )}
      <span className="sr-only">
        {t("bell", { count: unread })}
        {hasUnseen && `, ${t("unseen")}`}
      </span>
    </>
  );
}
