/** What became of it: how many are done, and each that was refused with its reason. */
import { CircleCheck, TriangleAlert, X } from "lucide-react";
import { Link } from "react-router";
import { buttonClass } from "@/components/button";
import { useText } from "@/i18n/text";
import { useRefusalText } from "../use-refusal-text";
import { messages } from "./messages";
import type { Report } from "./report";

export function ReportList({ report, onClose }: { report: Report | null; onClose: () => void }) {
  const t = useText(messages);
  return (
    <div role="status">
      {report && (
        <div className="flex gap-3 border-b border-line p-3 ps-4 last:border-0">
          <div className="flex min-w-0 flex-1 flex-col gap-2 py-2">
            <p ref={focus} tabIndex={-1} className="flex items-center gap-2 font-semibold">
              <CircleCheck className="size-4 shrink-0 text-positive" aria-hidden />
              {t("done", { count: report.done })}
            </p>
            {report.refused.length > 0 && <RefusedList report={report} />}
          </div>
          <button type="button" className={buttonClass("quiet", "icon")} onClick={onClose}>
            <X className="size-5" aria-hidden />
            <span className="sr-only">{t("close")}</span>
          </button>
        </div>
      )}
    </div>
  );
}

/** The form that had the focus is gone. */
function focus(line: HTMLElement | null): void {
  line?.focus();
}

function RefusedList({ report: { refused } }: { report: Report }) {
  const t = useText(messages);
  const say = useRefusalText();
  return (
    <>
      <p className="flex items-center gap-2 font-semibold">
        <TriangleAlert className="size-4 shrink-0 text-waiting" aria-hidden />
        {t("refused", { count: refused.length })}
      </p>
      <ul className="max-h-48 divide-y divide-line overflow-y-auto border-y border-line">
        {refused.map((each) => (
          <li key={each.row.id} className="grid gap-x-4 py-1.5 sm:grid-cols-[12rem_minmax(0,1fr)]">
            <Link to={`/claims/${each.row.claim_number}`} className="font-medium text-brand hover:underline">
              {each.row.claim_number}
            </Link>
            <span>{say(each)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
