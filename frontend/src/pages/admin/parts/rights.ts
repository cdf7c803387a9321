/** Who may act here: admins; auditors see the same pages without what acts. */
import { roleOf, useMe } from "@/api/session";

export function useMayAct(): boolean {
  return roleOf(useMe()) === "admin";
}
