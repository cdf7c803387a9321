/** Every address of the app, and which page it shows. A page's script is fetched when it is first come to. */
import { type ComponentType, lazy } from "react";
import { Navigate, type Params, type RouteObject, matchRoutes } from "react-router";
import { cache } from "./api/cache";
import { NEWEST, claimQuery, claimsQuery, configQuery, historyQuery, messagesQuery, policiesQuery } from "./api/queries";
import { type Role, meQuery, roleOf, useMe } from "./api/session";
import { draftsQuery } from "./drafts/queries";
import { unreadQuery } from "./live/inbox";
import { Nowhere } from "./shell/failures";
import { Shell, SignedIn } from "./shell/shell";

type Load = () => Promise<{ default: ComponentType }>;

interface Ahead {
  /** Fetches the page's script. */
  load: () => Promise<unknown>;
  /** Asks for what the page will read, when it is the first that is opened. */
  warm?: (params: Params) => void;
}

/** `warm` runs beside the loading of the script, so that the first view is no waterfall. */
function page(load: Load, warm?: Ahead["warm"]): Pick<RouteObject, "element" | "handle"> {
  const Page = lazy(load);
  return { element: <Page />, handle: { load, warm } satisfies Ahead };
}

/** An address whose page depends on who asks, and only theirs is fetched; `rest` is for all roles that are not named. */
function pageByRole(pages: Partial<Record<Role, Load>> & { rest: Load }, warm?: Ahead["warm"]): Pick<RouteObject, "element" | "handle"> {
  const shown = new Map(Object.entries(pages).map(([role, load]) => [role, lazy(load)]));
  const Page = () => {
    const role = roleOf(useMe());
    const Shown = shown.get(role) ?? shown.get("rest");
    return Shown ? <Shown /> : null;
  };
  const load = async () => {
    const me = await cache.ensureQueryData(meQuery).catch(() => null);
    return me ? (pages[roleOf(me)] ?? pages.rest)() : undefined;
  };
  return { element: <Page />, handle: { load, warm } satisfies Ahead };
}

function forStaff(load: Load): Partial<Record<Role, Load>> {
  return { claim_processor: load, admin: load, auditor: load };
}

function warmClaim({ id = "" }: Params): void {
  void cache.prefetchQuery(claimQuery(id));
  void cache.prefetchQuery(historyQuery(id));
  void cache.prefetchQuery(messagesQuery(id));
  void cache.prefetchQuery(configQuery);
}

/** A policyholder's first page: it asks while its script is still on its way. */
function loadHome() {
  void cache.prefetchInfiniteQuery(claimsQuery(NEWEST));
  void cache.prefetchQuery(policiesQuery);
  void cache.prefetchQuery(draftsQuery);
  void cache.prefetchQuery(unreadQuery());
  return import("./pages/home/home");
}

const admin: RouteObject[] = [
  { index: true, element: <Navigate replace to="users" /> },
  { path: "users", ...page(() => import("./pages/admin/users/list")) },
  { path: "users/new", ...page(() => import("./pages/admin/users/new")) },
  { path: "users/:id", ...page(() => import("./pages/admin/users/one")) },
  { path: "organisations", ...page(() => import("./pages/admin/organisations/list")) },
  { path: "organisations/new", ...page(() => import("./pages/admin/organisations/new")) },
  { path: "organisations/:id", ...page(() => import("./pages/admin/organisations/one")) },
  { path: "policies", ...page(() => import("./pages/admin/policies/list")) },
  { path: "policies/new", ...page(() => import("./pages/admin/policies/new")) },
  { path: "policies/:id", ...page(() => import("./pages/admin/policies/one")) },
  { path: "deliveries", ...page(() => import("./pages/admin/deliveries/deliveries")) },
  { path: "webhooks", ...page(() => import("./pages/admin/webhooks/list")) },
  { path: "webhooks/new", ...page(() => import("./pages/admin/webhooks/new")) },
  { path: "webhooks/:id", ...page(() => import("./pages/admin/webhooks/one")) },
  { path: "workflows/:name?", ...page(() => import("./pages/admin/workflows/workflow")) },
  { path: "audit", ...page(() => import("./pages/admin/audit/audit")) },
  { path: "*", element: <Nowhere /> },
];

function warmDrafts(): void {
  void cache.prefetchQuery(draftsQuery);
  void cache.prefetchQuery(policiesQuery);
}

const queue = forStaff(() => import("./pages/queue/queue"));
const desk = forStaff(() => import("./pages/desk/desk"));

const hospital: Record<"home" | "list" | "claim", Partial<Record<Role, Load>>> = {
  home: { hospital_user: () => import("./pages/hospital/home/home") },
  list: { hospital_user: () => import("./pages/hospital/list/list") },
  claim: { hospital_user: () => import("./pages/hospital/claim/claim") },
};

const inShell: RouteObject[] = [
  { index: true, ...pageByRole({ ...hospital.home, policyholder: loadHome, rest: () => import("./pages/home/home") }) },
  { path: "claims", ...pageByRole({ ...queue, ...hospital.list, rest: () => import("./pages/claims/list") }) },
  { path: "claims/:id", ...pageByRole({ ...desk, ...hospital.claim, rest: () => import("./pages/claim/claim") }, warmClaim) },
  { path: "file", ...page(() => import("./pages/filing/begin"), warmDrafts) },
  { path: "file/received/:number", ...page(() => import("./pages/filing/received")) },
  { path: "notifications", ...page(() => import("./pages/notifications/notifications")) },
  { path: "analytics", ...page(() => import("./pages/analytics/analytics")) },
  { path: "hospital/submit", ...page(() => import("./pages/hospital/submit/submit")) },
  { path: "hospital/submit/check", ...page(() => import("./pages/hospital/submit/check")) },
  { path: "hospital/submitted/:number", ...page(() => import("./pages/hospital/submit/received")) },
  { path: "account", ...page(() => import("./pages/account/account")) },
  { path: "admin", ...page(() => import("./pages/admin/frame")), children: admin },
];

const filing: RouteObject[] = [
  { index: true, ...page(() => import("./pages/filing/parts")) },
  { path: "policy", ...page(() => import("./pages/filing/policy")) },
  { path: "when", ...page(() => import("./pages/filing/when")) },
  { path: "what", ...page(() => import("./pages/filing/what")) },
  { path: "amount", ...page(() => import("./pages/filing/amount")) },
  { path: "documents", ...page(() => import("./pages/filing/documents")) },
  { path: "check", ...page(() => import("./pages/filing/check")) },
];

const entrance: RouteObject[] = [
  { path: "sign-in", ...page(() => import("./pages/entrance/sign-in")) },
  { path: "forgot-password", ...page(() => import("./pages/entrance/forgot-password")) },
  { path: "register", ...page(() => import("./pages/entrance/register")) },
  { path: "reset-password", ...page(() => import("./pages/entrance/reset-password")) },
  { path: "invitation", ...page(() => import("./pages/entrance/invitation")) },
];

export const routes: RouteObject[] = [
  { ...page(() => import("./pages/entrance/layout")), children: entrance },
  {
    element: <SignedIn />,
    children: [
      { element: <Shell />, children: [...inShell, { path: "*", element: <Nowhere /> }] },
      { path: "file/:draft", ...page(() => import("./pages/filing/frame")), children: filing },
    ],
  },
];

/** Begins with the page of this address while the app itself is still starting. */
export function prepareFirstPage(location: { pathname: string }): void {
  const mayBeSignedIn = document.documentElement.dataset.session !== "none";
  for (const { route, params } of matchRoutes(routes, location, BASE) ?? []) {
    const ahead = route.handle as Ahead | undefined;
    void ahead?.load();
    if (mayBeSignedIn) ahead?.warm?.(params);
  }
}

export const BASE = "/app";
