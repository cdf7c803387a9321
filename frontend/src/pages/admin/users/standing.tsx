/** Whether somebody can come in: only what is out of the ordinary gets a mark. */
import { useText } from "@/i18n/text";
import { InvitedMark, OffMark } from "../parts/facts";
import type { User } from "../queries";
import { messages } from "./messages";

export function Standing({ user }: { user: User }) {
  const t = useText(messages);
  if (!user.is_active) return <OffMark>{t("disabled")}</OffMark>;
  if (!user.has_password) return <InvitedMark>{t("invited")}</InvitedMark>;
  return <span className="text-muted">{t("active")}</span>;
}
