/** The start of the app. */
import "./styles/main.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, useRoutes } from "react-router";
import { cache } from "./api/cache";
import { firstView } from "./api/first-view";
import { meQuery } from "./api/session";
import { prepareFormats } from "./i18n/format";
import { prepareHead } from "./live/inbox";
import { BASE, prepareFirstPage, routes } from "./routes";
import { ErrorBoundary } from "./shell/failures";
import { PageSkeleton } from "./shell/page-skeleton";

// Asked before anything is drawn: the answer is on its way since the page came.
void cache.prefetchQuery(meQuery);
prepareHead(cache);
prepareFirstPage(window.location);
setTimeout(prepareFormats);
void firstView.then(() => {
  document.documentElement.dataset.fonts = "all";
});

function Pages() {
  return useRoutes(routes);
}

const root = document.getElementById("app");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <ErrorBoundary>
          <BrowserRouter basename={BASE}>
            <Suspense fallback={<PageSkeleton />}>
              <Pages />
            </Suspense>
          </BrowserRouter>
        </ErrorBoundary>
      </QueryClientProvider>
    </StrictMode>,
  );
}
