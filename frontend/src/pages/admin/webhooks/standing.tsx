/** How a webhook stands: on, failing, or off. */
import { CirclePlay, TriangleAlert } from "lucide-react";
import { Notice } from "@/components/notice";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { Mark, OffMark } from "../parts/facts";
import { messages } from "./messages";
import type { Webhook } from "./queries";

export function Standing({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  if (!webhook.is_active) return <OffMark>{t("off")}</OffMark>;
  if (webhook.failing_since) {
    return (
      <Mark hue="negative" icon={TriangleAlert}>
        {t("failing")}
      </Mark>
    );
  }
  return (
    <Mark hue="positive" icon={CirclePlay}>
      {t("working")}
    </Mark>
  );
}

/** What is to be known of one that does not work; nothing of others. */
export function Warning({ webhook }: { webhook: Webhook }) {
  const t = useText(messages);
  const format = useFormat();
  const { off_because: because, failing_since: since, off_at: off } = webhook;
  if (because) {
    return (
      <Notice kind="attention" title={t("off.title")}>
        <p>{t(`off.${because}`)}</p>
        <p>{t("off.text")}</p>
      </Notice>
    );
  }
  if (!since || !off) return null;
  return (
    <Notice kind="attention" title={t("failing.title", { since: format.time(since) })}>
      <p>{t("failing.text", { off: format.time(off) })}</p>
    </Notice>
  );
}
