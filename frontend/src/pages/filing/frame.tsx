/** The frame of filing: no navigation around it, the steps by name, whether all is saved, and a way to leave. */
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { Link, Navigate, Outlet, useLocation, useParams } from "react-router";
import { configQuery, policiesQuery, workflowQuery } from "@/api/queries";
import { useMe } from "@/api/session";
import { cx } from "@/components/cx";
import { Failed, SkeletonList } from "@/components/page";
import { Elsewhere } from "@/drafts/elsewhere";
import { SaveState } from "@/drafts/save-state";
import { useText } from "@/i18n/text";
import { Wordmark } from "@/shell/mark";
import { SkipLink } from "@/shell/shell";
import { UploadNews } from "@/uploads/drop-zone";
import { useOpenParts } from "./chosen";
import { beginAs, keeper, uploads, useDraft } from "./draft";
import { Leave } from "./leave";
import { messages } from "./messages";
import { useOpening, useSavingAtTheEnd, useWarningBeforeClosing } from "./opening";
import { NEW, usePlace } from "./places";
import { PAGES, STEPS, type Step, firstOpen } from "./steps";

export default function FilingFrame() {
  beginAs(useMe().id);
  // Needed on later pages: the documents that are asked for, and the limits of files.
  usePrefetchQuery(workflowQuery("retail"));
  usePrefetchQuery(configQuery);
  useWarningBeforeClosing();
  useSavingAtTheEnd();
  const { draft = NEW } = useParams();
  const { error, retry, isOpen } = useOpening(draft);
  const { pathname } = useLocation();
  const page = PAGES.find(({ path }) => pathname.endsWith(`/${path}`));
  return (
    <>
      <SkipLink />
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-xl items-center justify-between gap-4 px-4">
          <Wordmark />
          <Leave />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto flex max-w-xl flex-col gap-6 px-4 pt-6 pb-32 sm:pb-16">
        {error !== null && <Failed level="h1" error={error} retry={retry} />}
        {error === null && !isOpen && <SkeletonList rows={3} row="h-20" />}
        {isOpen && <Opened page={page?.path} step={page?.step} />}
      </main>
    </>
  );
}

function Opened({ page, step }: { page: string | undefined; step: Step | undefined }) {
  const place = usePlace();
  const state = useDraft();
  const open = useOpenParts();
  const { error } = useQuery(policiesQuery);
  const first = page && open && firstOpen(page, open);
  if (first) return <Navigate replace to={place(first)} />;
  return (
    <>
      {step ? <Steps current={step} /> : <SaveState state={state} className="-mb-3 self-end" />}
      <Elsewhere keeper={keeper} />
      {/* What is open is known before a page is drawn; what cannot be read, each page says itself. */}
      {(open || error) && (
        <Suspense>
          <Outlet key={state.epoch} />
        </Suspense>
      )}
      <UploadNews list={uploads} />
    </>
  );
}

function Steps({ current }: { current: Step }) {
  const t = useText(messages);
  const place = usePlace();
  const at = STEPS.indexOf(current);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-2">
        <ol aria-label={t("steps")} className="grid grid-cols-4 gap-1.5">
          {STEPS.map((step, index) => (
            <li key={step} aria-current={step === current ? "step" : undefined}>
              <div className={cx("h-1.5 rounded-full", index <= at ? "bg-brand" : "bg-line")} />
              <span className={cx("mt-1.5 text-sm max-sm:sr-only", index === at ? "block font-semibold" : "block text-muted")}>
                {t(`step.${step}`)}
              </span>
            </li>
          ))}
        </ol>
        <p className="text-sm text-muted sm:hidden" aria-hidden>
          {t("step.of", { step: at + 1, steps: STEPS.length, name: t(`step.${current}`) })}
        </p>
      </div>
      <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-4 text-sm">
        <Link to={place("")} className="text-brand underline underline-offset-4">
          {t("parts.all")}
        </Link>
        <SaveState state={useDraft()} />
      </div>
    </div>
  );
}
