/** How many claims each view holds, from the counts by status. */
import type { Schema } from "@/api/client";
import { type FilterName, VIEWS, type ViewName } from "./address";

export type Counted = Schema<"ClaimCount">;

/** Counts of everything, of one's own claims, and of nobody's; undefined until they are there. */
export interface Counts {
  all: Counted[] | undefined;
  mine: Counted[] | undefined;
  nobodys: Counted[] | undefined;
}

/** The statuses of a view, in one workflow or in all. */
export function statusesOf(view: ViewName, counts: Counts, workflow: string): Counted[] | undefined {
  const { assignee, status_group: groups }: Partial<Record<FilterName, string>> = VIEWS[view];
  const source = assignee === "me" ? counts.mine : assignee === "none" ? counts.nobodys : counts.all;
  const isOf = (each: Counted) => !groups || groups.split(",").includes(each.status_group);
  return source?.filter((each) => isOf(each) && (!workflow || each.workflow === workflow));
}

export function total(counted: Counted[] | undefined): number | undefined {
  return counted?.reduce((sum, { count }) => sum + count, 0);
}

/** The workflows that have claims, in the order of the API. */
export function workflowsOf(counts: Counts): string[] {
  return [...new Set(counts.all?.map(({ workflow }) => workflow))];
}
