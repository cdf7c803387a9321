/** What the header links to, for each role: add a line here when an area gets a page. */
import { House, type LucideIcon, ReceiptText } from "lucide-react";
import type { Role } from "@/api/session";

export interface NavItem {
  to: string;
  label: "home" | "claims";
  icon: LucideIcon;
}

const HOME: NavItem = { to: "/", label: "home", icon: House };
const CLAIMS: NavItem = { to: "/claims", label: "claims", icon: ReceiptText };

export const NAV: Record<Role, NavItem[]> = {
  policyholder: [HOME, CLAIMS],
  hospital_user: [CLAIMS],
  claim_processor: [CLAIMS],
  admin: [CLAIMS],
  auditor: [CLAIMS],
};
