/** Whether somebody can come in. */
import { CircleCheck } from "lucide-react";
import { useText } from "@/i18n/text";
import { InvitedMark, Mark, OffMark } from "../parts/facts";
import type { User } from "../queries";
import { messages } from "./messages";

export function Standing({ user }: { user: User }) {
  const t = useText(messages);
  if (!user.is_active) return <OffMark>{t("disabled")}</OffMark>;
  if (!user.has_password) return <InvitedMark>{t("invited")}</InvitedMark>;
  return (
    <Mark hue="positive" icon={CircleCheck}>
      {t("active")}
    </Mark>
  );
}

/** As nearly everybody: can come in, and has been. */
export function isIn({ is_active: isActive, has_password: hasPassword }: User): boolean {
  return isActive && hasPassword;
}

/** In a list only what is out of the ordinary gets a mark. */
export function ShortStanding({ user }: { user: User }) {
  const t = useText(messages);
  return isIn(user) ? <span className="text-muted">{t("active")}</span> : <Standing user={user} />;
}
