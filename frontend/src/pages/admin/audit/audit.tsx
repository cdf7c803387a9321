/** The audit trail: every event, newest first, narrowed by who, what, about what and when. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { CopyButton } from "@/components/copy";
import { Page } from "@/components/page";
import { useText } from "@/i18n/text";
import { Nothing } from "../parts/filters";
import { Paged } from "../parts/paged";
import { auditQuery } from "../queries";
import { Entry } from "./entry";
import { AuditFilterBar, useAuditFilters } from "./filters";
import { messages } from "./messages";

const VERIFY = "insurenz audit verify";

export default function AuditPage() {
  const t = useText(messages);
  const { filters, isFiltered, isMissing } = useAuditFilters();
  const list = useInfiniteQuery({ ...auditQuery(filters), enabled: !isMissing });
  const nothing = (
    <Nothing isFiltered={isFiltered} title={t("none")}>
      {t("noneText")}
    </Nothing>
  );
  return (
    <Page title={t("title")} width="desk" intro={t("intro")}>
      <Verify />
      <AuditFilterBar />
      {isMissing ? (
        nothing
      ) : (
        <Paged list={list} row="h-14" empty={nothing}>
          {(rows) => (
            <ol className="divide-y divide-line overflow-hidden rounded-surface border border-line bg-surface">
              {rows.map((event) => (
                <Entry key={event.id} event={event} />
              ))}
            </ol>
          )}
        </Paged>
      )}
    </Page>
  );
}

function Verify() {
  const t = useText(messages);
  return (
    <details className="-mt-3">
      <summary className="w-fit cursor-pointer rounded-control font-medium text-brand">{t("verify.title")}</summary>
      <p className="mt-2 max-w-2xl">{t("verify.text")}</p>
      <p className="mt-1 flex items-center gap-1">
        <code className="rounded-control border border-line bg-surface px-2 py-1 font-mono">{VERIFY}</code>
        <CopyButton text={VERIFY} />
      </p>
    </details>
  );
}
