/** What a workflow's own words are in the reader's language; those of an operator's own definition stay as they are. */
import { useMemo } from "react";
import { useText } from "@/i18n/text";
import { messages } from "./messages";

export function useWorkflowWords() {
  const t = useText(messages);
  return useMemo(() => {
    const role = (name: string) => t.of(`who.${name.replace(/_l\d$/, "")}`, name);
    return {
      state: (label: string) => t.of(`is.${label}`, label),
      act: (label: string) => t.of(`do.${label}`, label),
      phase: (phase: string) => t.of(`phase.${phase}`, phase),
      roles: (names: string[]) => names.map(role).join(", "),
      clock: (name: string | null) => (name ? t("waitsFor", { who: role(name) }) : t("waitsForNobody")),
    };
  }, [t]);
}
