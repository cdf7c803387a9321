/** What the address of a queue says: the filters of the API by their names, so that a view is shared by its link. */
import type { ClaimFilters } from "@/api/queries";

/** Every filter of a list; `sort` beside them. */
export const FILTERS = [
  "status",
  "status_group",
  "workflow",
  "hospital",
  "payer",
  "assignee",
  "claim_type",
  "created_from",
  "created_to",
  "incident_from",
  "incident_to",
  "amount_min",
  "amount_max",
  "text",
] as const;
export type FilterName = (typeof FILTERS)[number];

export const SORTS = ["created_at", "-created_at", "updated_at", "-updated_at", "claim_amount", "-claim_amount", "incident_date", "-incident_date", "due_at"] as const;
export type Sort = (typeof SORTS)[number];

/** What waits for somebody of staff; the other open ones wait for an answer. */
export const OURS = "intake,review,answered,disputed";
export const OPEN = `${OURS},waiting`;

export const VIEWS = {
  todo: { status_group: OURS },
  mine: { assignee: "me", status_group: OPEN },
  nobodys: { assignee: "none", status_group: OURS },
  review: { status_group: "intake,review" },
  answered: { status_group: "answered" },
  disputed: { status_group: "disputed" },
  waiting: { status_group: "waiting" },
  decided: { status_group: "decided" },
  all: {},
} as const satisfies Record<string, Partial<Record<FilterName, string>>>;
export type ViewName = keyof typeof VIEWS;
export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];

/** Without any filter it is what there is to do; `view=all` is everything. */
export function filtersOf(search: URLSearchParams): Partial<Record<FilterName, string>> {
  const given = Object.fromEntries(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])));
  const isBare = !search.has("view") && Object.keys(given).every((name) => name === "workflow");
  return isBare ? { ...VIEWS.todo, ...given } : given;
}

/** Whether only claims are asked for that are still to be decided. */
export function isOpenOnly(search: URLSearchParams): boolean {
  const groups = filtersOf(search).status_group?.split(",") ?? ["closed"];
  return groups.every((group) => OPEN.split(",").includes(group));
}

/** Work is shown oldest first, what is over newest first. */
export function sortOf(search: URLSearchParams): Sort {
  const asked = SORTS.find((sort) => sort === search.get("sort"));
  return asked ?? (isOpenOnly(search) ? "created_at" : "-created_at");
}

export function askedOf(search: URLSearchParams): ClaimFilters {
  return { ...filtersOf(search), sort: sortOf(search) } as ClaimFilters;
}

/** What is kept of a view: its filters and its order; not what was searched for, which may be a name. */
export function keptOf(search: URLSearchParams): Record<string, string> {
  const { text: _, ...filters } = filtersOf(search);
  return { ...filters, sort: sortOf(search) };
}

/** Where a view is that was kept. */
export function keptLink(filters: Record<string, string>): string {
  const isAll = Object.keys(filters).every((name) => name === "sort");
  return `?${new URLSearchParams({ ...(isAll ? { view: "all" } : {}), ...filters })}`;
}

/** Whether the address shows just this view. */
export function isKept(search: URLSearchParams, filters: Record<string, string>): boolean {
  const shown = { ...filtersOf(search), sort: sortOf(search) };
  const names = new Set([...Object.keys(shown), ...Object.keys(filters)]);
  return [...names].every((name) => shown[name as FilterName] === filters[name]);
}

/** Where a view is; the workflow that was chosen stays. */
export function viewLink(name: ViewName, search: URLSearchParams): string {
  const next = new URLSearchParams(name === "todo" ? {} : name === "all" ? { view: "all" } : VIEWS[name]);
  const workflow = search.get("workflow");
  if (workflow) next.set("workflow", workflow);
  return `?${next}`;
}

/** The view that is shown, also while more filters narrow it. */
export function viewOf(search: URLSearchParams): ViewName | undefined {
  const { status_group: group, assignee } = filtersOf(search);
  return VIEW_NAMES.find((name) => {
    const view: Partial<Record<FilterName, string>> = VIEWS[name];
    return view.status_group === group && view.assignee === assignee;
  });
}

/** The filters beyond those of the view. */
export function extraOf(search: URLSearchParams): FilterName[] {
  const view = viewOf(search);
  const own = new Set<string>(view ? Object.keys(VIEWS[view]) : []);
  return FILTERS.filter((name) => filtersOf(search)[name] && !own.has(name) && name !== "text" && name !== "workflow");
}

/** The address with a filter set or taken off; what was only implied before is then said. */
export function changed(search: URLSearchParams, name: FilterName | "sort", value: string): URLSearchParams {
  const sort = name === "sort" ? value : (search.get("sort") ?? "");
  const filters: Partial<Record<FilterName, string>> = { ...filtersOf(search), ...(name === "sort" ? {} : { [name]: value }) };
  const next = new URLSearchParams(Object.entries({ ...filters, sort }).filter(([, given]) => given) as [string, string][]);
  if (FILTERS.every((each) => each === "workflow" || !next.has(each))) next.set("view", "all");
  return isTodo(next) ? withoutGroups(next) : next;
}

function isTodo(search: URLSearchParams): boolean {
  return FILTERS.every((name) => name === "workflow" || search.get(name) === (name === "status_group" ? OURS : null));
}

function withoutGroups(search: URLSearchParams): URLSearchParams {
  search.delete("status_group");
  return search;
}
