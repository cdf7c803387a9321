/** What the header links to, for each role: add a line here when an area gets a page. */
import { House, type LucideIcon } from "lucide-react";
import type { Role } from "@/api/session";

export interface NavItem {
  to: string;
  label: "home" | "claims";
  icon: LucideIcon;
}

const HOME: NavItem = { to: "/", label: "home", icon: House };

export const NAV: Record<Role, NavItem[]> = {
  policyholder: [HOME],
  hospital_user: [HOME],
  claim_processor: [HOME],
  admin: [HOME],
  auditor: [HOME],
};
