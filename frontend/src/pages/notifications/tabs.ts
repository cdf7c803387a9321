/** The views of the inbox: what each asks the API for. */
import type { Role } from "@/api/session";
import type { InboxFilters } from "@/live/inbox";

export const TABS = ["all", "unread", "act", "archived"] as const;
export type Tab = (typeof TABS)[number];

export const FILTERS: Record<Tab, InboxFilters> = {
  all: {},
  unread: { unread: true },
  act: { category: "action_needed" },
  archived: { archived: true },
};

/** Claimants are never asked for anything that is a category of its own. */
export function tabsOf(role: Role): Tab[] {
  return TABS.filter((tab) => tab !== "act" || role !== "policyholder");
}

export function tabOf(asked: string | null, role: Role): Tab {
  return tabsOf(role).find((tab) => tab === asked) ?? "all";
}
