/** A role with its level, in the reader's words. */
import { useText } from "@/i18n/text";
import { messages as shellMessages } from "@/shell/messages";

export function RoleName({ role }: { role: string }) {
  const t = useText(shellMessages);
  return <>{t.of(`role.${role}`, role)}</>;
}
