/** Every address of the app, and which page it shows. A page's script is fetched when it is first come to. */
import { type ComponentType, lazy } from "react";
import { type Params, type RouteObject, matchRoutes } from "react-router";
import { cache } from "./api/cache";
import { claimQuery, configQuery, historyQuery, messagesQuery, policiesQuery } from "./api/queries";
import { draftsQuery } from "./drafts/queries";
import { Nowhere } from "./shell/failures";
import { Shell, SignedIn } from "./shell/shell";

interface Ahead {
  /** Fetches the page's script. */
  load: () => Promise<unknown>;
  /** Asks for what the page will read, when it is the first that is opened. */
  warm?: (params: Params) => void;
}

/** `warm` runs beside the loading of the script, so that the first view is no waterfall. */
function page(load: () => Promise<{ default: ComponentType }>, warm?: Ahead["warm"]): Pick<RouteObject, "element" | "handle"> {
  const Page = lazy(load);
  return { element: <Page />, handle: { load, warm } satisfies Ahead };
}

function warmClaim({ id = "" }: Params): void {
  void cache.prefetchQuery(claimQuery(id));
  void cache.prefetchQuery(historyQuery(id));
  void cache.prefetchQuery(messagesQuery(id));
  void cache.prefetchQuery(configQuery);
}

function warmDrafts(): void {
  void cache.prefetchQuery(draftsQuery);
  void cache.prefetchQuery(policiesQuery);
}

const inShell: RouteObject[] = [
  { index: true, ...page(() => import("./pages/home/home")) },
  { path: "claims", ...page(() => import("./pages/claims/list")) },
  { path: "claims/:id", ...page(() => import("./pages/claim/claim"), warmClaim) },
  { path: "file", ...page(() => import("./pages/filing/begin"), warmDrafts) },
  { path: "file/received/:number", ...page(() => import("./pages/filing/received")) },
  { path: "notifications", ...page(() => import("./pages/notifications/notifications")) },
  { path: "analytics", ...page(() => import("./pages/analytics/analytics")) },
  { path: "account", ...page(() => import("./pages/account/account")) },
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
