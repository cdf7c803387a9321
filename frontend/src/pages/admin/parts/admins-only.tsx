/** A form for admins; auditors who come to its address are told that it is not open to them. */
import type { ReactNode } from "react";
import { Problem } from "@/api/problem";
import { Failed } from "@/components/page";
import { useMayAct } from "./rights";

export function AdminsOnly({ children }: { children: ReactNode }) {
  const mayAct = useMayAct();
  return mayAct ? children : <Failed error={new Problem(403, { code: "role_not_allowed" })} />;
}
