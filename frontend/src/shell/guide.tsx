/** In the demo, on the first page of each role: what can be tried there. Put away with one press, and not shown again. */
import { useQuery } from "@tanstack/react-query";
import { Lightbulb, X } from "lucide-react";
import { useLocation } from "react-router";
import { configQuery } from "@/api/queries";
import { type Role, roleOf, useMe } from "@/api/session";
import { buttonClass } from "@/components/button";
import { hideHints, useHasHints } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { messages } from "./guide-messages";

const FIRST_PAGES: Record<Role, string> = {
  policyholder: "/",
  hospital_user: "/",
  claim_processor: "/claims",
  admin: "/claims",
  auditor: "/claims",
};

export default function Guide() {
  const t = useText(messages);
  const role = roleOf(useMe());
  const { pathname } = useLocation();
  const isWanted = useHasHints();
  const { data: config } = useQuery(configQuery);
  if (!config?.demo || !isWanted || pathname !== FIRST_PAGES[role]) return null;
  const width = role === "policyholder" ? "max-w-5xl" : "";
  return (
    <aside aria-labelledby="guide" className={`no-print mx-auto w-full px-4 pt-4 sm:px-6 ${width}`}>
      <div className="flex gap-3 rounded-surface bg-brand-tint p-4">
        <Lightbulb className="mt-0.5 size-5 shrink-0 text-brand" aria-hidden />
        <div className="min-w-0 flex-1">
          <h2 id="guide" className="text-base">
            {t("title")}
          </h2>
          <ul className="mt-1 list-disc ps-5 max-sm:text-sm">
            {([1, 2, 3] as const).map((number) => (
              <li key={number}>{t(`${role}.${number}`)}</li>
            ))}
          </ul>
        </div>
        <button type="button" className={buttonClass("quiet", "icon", "-me-2 -mt-2")} onClick={hideHints}>
          <X className="size-5" aria-hidden />
          <span className="sr-only">{t("hide")}</span>
        </button>
      </div>
    </aside>
  );
}
