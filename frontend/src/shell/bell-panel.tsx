/** The newest ten notifications, below the bell. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { BellRing, CheckCheck, Settings2 } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { Link } from "react-router";
import { NoticeLine } from "@/claims/notice-line";
import { Button, buttonClass } from "@/components/button";
import { Failed, SkeletonList } from "@/components/page";
import { useText } from "@/i18n/text";
import { inboxQuery } from "@/live/inbox";
import { useBadge, useLookingAt } from "@/live/looked-at";
import { useReadAll } from "@/live/marks";
import { messages } from "@/live/messages";

const MOST = 10;

export function BellPanel({ close }: { close: () => void }) {
  const t = useText(messages);
  useLookingAt();
  return (
    <section aria-label={t("title")} className="flex max-h-[min(36rem,calc(100dvh-5rem))] flex-col">
      <PanelHead />
      <Newest close={close} />
      <footer className="flex items-center justify-between gap-2 border-t border-line p-2">
        <Link to="/notifications" onClick={close} className={buttonClass("quiet", "small")}>
          {t("all")}
        </Link>
        <Link to="/account" onClick={close} className={buttonClass("quiet", "small")}>
          <Settings2 className="size-4" aria-hidden />
          {t("preferences")}
        </Link>
      </footer>
    </section>
  );
}

function PanelHead() {
  const t = useText(messages);
  const { unread } = useBadge();
  const { mutate, isPending } = useReadAll();
  return (
    <header className="flex min-h-13 items-center justify-between gap-4 border-b border-line ps-4 pe-2">
      <h2 className="text-base">{t("title")}</h2>
      {unread > 0 && (
        <Button variant="quiet" size="small" busy={isPending} icon={<CheckCheck className="size-4" aria-hidden />} onClick={() => mutate()}>
          {t("readAll")}
        </Button>
      )}
    </header>
  );
}

function Newest({ close }: { close: () => void }) {
  const list = useRef<HTMLUListElement>(null);
  const { data, error, refetch } = useInfiniteQuery(inboxQuery({}));
  if (error && !data) {
    return (
      <div className="p-3">
        <Failed error={error} retry={() => void refetch()} />
      </div>
    );
  }
  if (!data) {
    return (
      <div className="p-3">
        <SkeletonList rows={4} row="h-16" />
      </div>
    );
  }
  const newest = data.pages.flatMap(({ items }) => items).slice(0, MOST);
  if (newest.length === 0) return <Nothing />;
  return (
    <ul ref={list} onKeyDown={(event) => moveAmongLinks(list.current, event)} className="divide-y divide-line overflow-y-auto">
      {newest.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} onOpen={close} />
      ))}
    </ul>
  );
}

function Nothing() {
  const t = useText(messages);
  return (
    <div className="flex flex-col items-center gap-1 px-8 py-10 text-center">
      <BellRing className="mb-2 size-8 text-muted" aria-hidden />
      <p className="font-semibold">{t("none")}</p>
      <p className="text-sm text-muted">{t("noneText")}</p>
    </div>
  );
}

/** The arrow keys go from line to line. */
function moveAmongLinks(list: HTMLElement | null, event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !step) return;
  const links = [...list.querySelectorAll<HTMLElement>("a")];
  links[links.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  event.preventDefault();
}
