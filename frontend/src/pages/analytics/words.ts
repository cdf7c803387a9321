/** Numbers of analytics in words: spans of time, workflows, and how much was looked into. */
import { useFormat } from "@/i18n/format";
import { useLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import { duration } from "./scales";

export const NOTHING = "–";

export function useWords() {
  const t = useText(messages);
  const format = useFormat();
  const language = useLanguage();
  return {
    t,
    format,
    time: (seconds: number | null) => (seconds === null ? NOTHING : duration(seconds, language)),
    share: (part: number | null) => (part === null ? NOTHING : format.share(part)),
    workflow: (name: string) => t.of(`workflow.${name}`, name),
    /** Says so when the claims were too many to look into all of them. */
    newest({ claims, counted }: { claims: number; counted: number }): string {
      return counted < claims ? t("newest", { counted: format.number(counted), claims: format.number(claims) }) : "";
    },
  };
}
