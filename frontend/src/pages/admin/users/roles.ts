/** The roles there are, and what is known of each. */
import type { Role } from "@/api/session";

export const ROLES: readonly Role[] = ["policyholder", "hospital_user", "claim_processor", "admin", "auditor"];
export const LEVELS = ["0", "1", "2", "3", "4"] as const;

/** The kinds of organisations that a role is assigned to; none for those who work for no one in particular. */
export function assignedKinds(role: string): ("hospital" | "payer")[] {
  const base = baseOf(role);
  if (base === "hospital_user") return ["hospital"];
  return base === "claim_processor" ? ["hospital", "payer"] : [];
}

export function baseOf(role: string): Role {
  return role.replace(/_l\d$/, "") as Role;
}
