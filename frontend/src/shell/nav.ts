/** What the header links to, for each role: add a line here when an area gets a page. */
import { ChartColumn, House, type LucideIcon, ReceiptText, Settings2 } from "lucide-react";
import type { Role } from "@/api/session";

export interface NavItem {
  to: string;
  label: "home" | "claims" | "analytics" | "admin";
  icon: LucideIcon;
}

const HOME: NavItem = { to: "/", label: "home", icon: House };
const CLAIMS: NavItem = { to: "/claims", label: "claims", icon: ReceiptText };
const ANALYTICS: NavItem = { to: "/analytics", label: "analytics", icon: ChartColumn };
const ADMIN: NavItem = { to: "/admin", label: "admin", icon: Settings2 };

export const NAV: Record<Role, NavItem[]> = {
  policyholder: [HOME, CLAIMS],
  hospital_user: [HOME, CLAIMS],
  claim_processor: [CLAIMS, ANALYTICS],
  admin: [CLAIMS, ANALYTICS, ADMIN],
  auditor: [CLAIMS, ANALYTICS, ADMIN],
};
