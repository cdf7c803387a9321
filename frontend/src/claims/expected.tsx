/** By when the next step of a claim is to be expected, where that can be told. */
import { useQuery } from "@tanstack/react-query";
import { useFormat } from "@/i18n/format";
import { useLanguage } from "@/i18n/preferences";
import { useText } from "@/i18n/text";
import { useMinute } from "./due";
import { isBeyond, outlookQuery, roughly } from "./outlook";
import { messages } from "./outlook-messages";

export function Expected({ number, className }: { number: string; className?: string }) {
  const t = useText(messages);
  const format = useFormat();
  const language = useLanguage();
  const now = useMinute();
  const { data: outlook } = useQuery(outlookQuery(number));
  const isLate = outlook ? isBeyond(outlook, now) : null;
  if (!outlook?.expected_at || !outlook.usual_seconds || isLate === null) return null;
  const length = roughly(outlook.usual_seconds, language);
  return <p className={className}>{isLate ? t("late", { length }) : t("usual", { length, date: format.date(outlook.expected_at) })}</p>;
}
