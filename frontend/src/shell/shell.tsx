/** What stands around every page of a signed-in person; leads to the sign-in page when nobody is. */
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useEffect, useRef } from "react";
import { Link, NavLink, Navigate, Outlet, useLocation, useNavigationType } from "react-router";
import { cache } from "@/api/cache";
import { firstView } from "@/api/first-view";
import { configQuery } from "@/api/queries";
import { mayShowNotices, meQuery, roleOf, useMe } from "@/api/session";
import { cx } from "@/components/cx";
import { Failed } from "@/components/page";
import { Toasts } from "@/components/toast";
import { useText } from "@/i18n/text";
import { PaletteButton } from "@/palette/button";
import { AccountMenu } from "./account-menu";
import { Bell } from "./bell";
import { Wordmark } from "./mark";
import { messages } from "./messages";
import { NAV } from "./nav";
import { OfflineNotice } from "./offline";
import { ErrorBoundary } from "./failures";
import { ContentSkeleton, PageSkeleton } from "./page-skeleton";

const Live = lazy(async () => {
  await firstView;
  return { default: (await import("@/live/live")).Live };
});

/** Signed-in people only, with nothing around: for the shell below, and for tasks that have a frame of their own. */
export function SignedIn() {
  const { data: me, error, refetch } = useQuery(meQuery);
  const { pathname, search } = useLocation();
  useScrollToTop();
  useDeviceKeptRight(me?.id);
  if (error) {
    return (
      <main className="mx-auto max-w-2xl px-4 py-10">
        <Failed level="h1" error={error} retry={() => void refetch()} />
      </main>
    );
  }
  if (me === undefined) return <PageSkeleton />;
  if (me === null) {
    const here = pathname + search;
    return <Navigate replace to={here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`} />;
  }
  return (
    <>
      <OfflineNotice />
      <Outlet />
      <Toasts />
      <Suspense>
        <Live />
      </Suspense>
    </>
  );
}

/** Once somebody is signed in: what this browser is told, it is told for them. */
function useDeviceKeptRight(userId: string | undefined): void {
  useEffect(() => {
    if (userId && mayShowNotices()) void firstView.then(keepDeviceRight).catch(() => undefined);
  }, [userId]);
}

async function keepDeviceRight(): Promise<void> {
  await (await import("@/push/renewing")).renew();
}

export function Shell() {
  const { pathname } = useLocation();
  return (
    <>
      <SkipLink />
      <Header />
      {Guide && <Guide />}
      <main id="content" tabIndex={-1}>
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<ContentSkeleton />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
    </>
  );
}

// The server says with the page whether there can be a demo. The rest of the page waits for its hints, to be drawn in its place at once.
const { demo, session } = document.documentElement.dataset;
// Who comes signed in need not wait for the shell to be drawn.
const coming = demo === "maybe" && session !== "none" ? guideInDemo() : null;
const Guide = demo === "maybe" ? lazy(() => coming ?? guideInDemo()) : null;

async function guideInDemo() {
  const [guide] = await Promise.all([import("./guide"), cache.prefetchQuery(configQuery)]);
  return guide;
}

export function SkipLink() {
  const t = useText(messages);
  return (
    <a
      href="#content"
      className="sr-only z-50 rounded-control bg-brand px-4 py-2 font-semibold text-on-brand focus:not-sr-only focus:fixed focus:start-4 focus:top-3"
    >
      {t("skip")}
    </a>
  );
}

function Header() {
  // As wide as the pages below it.
  const width = roleOf(useMe()) === "policyholder" ? "max-w-5xl" : "";
  return (
    <header className="no-print sticky top-0 z-20 border-b border-line bg-surface">
      <div className={cx("mx-auto flex flex-wrap items-center gap-x-8 px-4 sm:px-6", width)}>
        <Link to="/" className="flex h-14 items-center rounded-control">
          <Wordmark />
        </Link>
        <Nav />
        <div className="ms-auto flex items-center gap-2">
          <PaletteButton />
          <Bell />
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

/** In the header's line; on a phone in a line of its own below it. */
function Nav() {
  const t = useText(messages);
  const items = NAV[roleOf(useMe())];
  if (items.length < 2) return null;
  return (
    <nav aria-label={t("nav")} className="order-last -mx-2 flex w-full gap-1 overflow-x-auto sm:order-none sm:w-auto">
      {items.map(({ to, label, icon: Icon }) => (
        <NavLink
          key={to}
          to={to}
          end={to === "/"}
          className={({ isActive }) =>
            cx(
              "flex h-11 items-center gap-2 border-b-2 px-2 font-medium whitespace-nowrap sm:h-14",
              isActive ? "border-brand text-ink" : "border-transparent text-muted hover:text-ink",
            )
          }
        >
          <Icon className="size-4.5 max-[22.5rem]:hidden" aria-hidden />
          {t(label)}
        </NavLink>
      ))}
    </nav>
  );
}

/** A new page begins at its top, or where its address leads; going back, the browser finds the place again. */
function useScrollToTop() {
  const { pathname, hash, state } = useLocation();
  const type = useNavigationType();
  const shown = useRef(pathname);
  const isSamePage = Boolean((state as { isSamePage?: boolean } | null)?.isSamePage);
  useEffect(() => {
    if (type !== "POP" && shown.current !== pathname && !isSamePage && !hash) window.scrollTo(0, 0);
    shown.current = pathname;
  }, [pathname, hash, type, isSamePage]);
}
