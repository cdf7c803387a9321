/** The frame of filing: no navigation around it, the steps by name, and a way to leave. */
import { usePrefetchQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { Link, Navigate, Outlet, useLocation, useNavigate } from "react-router";
import { configQuery, workflowQuery } from "@/api/queries";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { Dialog } from "@/components/dialog";
import { useText } from "@/i18n/text";
import { Wordmark } from "@/shell/mark";
import { SkipLink } from "@/shell/shell";
import { UploadNews } from "@/uploads/drop-zone";
import { beginAs, currentAnswers, forgetDraft, hasDraft, uploads } from "./draft";
import { messages } from "./messages";
import { PAGES, STEPS, type Step, firstOpen } from "./steps";

export default function FilingFrame() {
  const { pathname } = useLocation();
  beginAs(useMe().id);
  useWarningBeforeClosing();
  // Needed on later pages: the documents that are asked for, and the limits of files.
  usePrefetchQuery(workflowQuery("retail"));
  usePrefetchQuery(configQuery);
  const page = PAGES.find(({ path }) => pathname === `/file/${path}`);
  if (!page) return <Outlet />;
  // As they were when the page was come to: forgetting them leads elsewhere by itself.
  const open = firstOpen(page.path, currentAnswers());
  if (open) return <Navigate replace to={`/file/${open}`} />;
  return (
    <>
      <SkipLink />
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-xl items-center justify-between px-4">
          <Wordmark />
          <Leave />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto flex max-w-xl flex-col gap-6 px-4 pt-6 pb-32 sm:pb-16">
        <Steps current={page.step} />
        <Suspense>
          <Outlet />
        </Suspense>
        <UploadNews list={uploads} />
      </main>
    </>
  );
}

function Steps({ current }: { current: Step }) {
  const t = useText(messages);
  const place = STEPS.indexOf(current);
  return (
    <div className="flex flex-col gap-2">
      <ol aria-label={t("steps")} className="grid grid-cols-4 gap-1.5">
        {STEPS.map((step, index) => (
          <li key={step} aria-current={step === current ? "step" : undefined}>
            <div className={cx("h-1.5 rounded-full", index <= place ? "bg-brand" : "bg-line")} />
            <span className={cx("mt-1.5 text-sm max-sm:sr-only", index === place ? "block font-semibold" : "block text-muted")}>
              {t(`step.${step}`)}
            </span>
          </li>
        ))}
      </ol>
      <p className="text-sm text-muted sm:hidden" aria-hidden>
        {t("step.of", { step: place + 1, steps: STEPS.length, name: t(`step.${current}`) })}
      </p>
    </div>
  );
}

function Leave() {
  const t = useText(messages);
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const leave = () => {
    forgetDraft();
    void navigate("/");
  };
  return (
    <>
      <Button variant="quiet" className="-me-4" onClick={() => (hasDraft() ? setAsking(true) : leave())}>
        {t("leave")}
      </Button>
      <Dialog open={isAsking} onClose={() => setAsking(false)} title={t("leave.title")}>
        <p>{t("leave.text")}</p>
        <div className="flex flex-wrap gap-3">
          <Button onClick={() => setAsking(false)}>{t("leave.stay")}</Button>
          <Button variant="secondary" onClick={leave}>
            {t("leave.go")}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** The browser asks before the tab is closed over what was entered. */
function useWarningBeforeClosing(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (hasDraft()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
}

/** The one primary action of a page, at the thumb on a phone, and the way back. */
export function Actions({ back, busy = false, label }: { back: string | null; busy?: boolean; label: string }) {
  const t = useText(messages);
  return (
    <div className="fixed inset-x-0 bottom-0 z-10 flex gap-3 border-t border-line bg-surface p-4 sm:static sm:border-0 sm:bg-transparent sm:p-0">
      <Button type="submit" busy={busy} className="flex-1 sm:order-last sm:flex-none">
        {label}
      </Button>
      {back !== null && (
        <Link
          to={`/file/${back}`}
          className="order-first inline-flex min-h-11 items-center rounded-control px-4 font-semibold text-brand hover:bg-brand-tint"
        >
          {t("back")}
        </Link>
      )}
    </div>
  );
}
