/** The one cache of answers. An answer 401 to anything means that the session has ended. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const MOST_TRIES = 3;

export const cache: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      noticeEnd(error);
      // What one may not see any more, or is gone, is not shown as if it were there; any other failure may pass.
      if (error instanceof Problem && (error.status === 403 || error.status === 404)) query.setState({ data: undefined });
    },
  }),
  mutationCache: new MutationCache({ onError: (error) => void noticeEnd(error) }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => error instanceof Problem && error.isPassing && error.status !== 429 && count < MOST_TRIES,
    },
  },
});

/** For calls outside of queries and mutations, such as a form's: whether the error was the end of the session. */
export function noticeEnd(error: unknown): boolean {
  const hasEnded = error instanceof Problem && error.status === 401 && error.code !== "bad_credentials";
  if (hasEnded) endSession();
  return hasEnded;
}

/** Forget everything that was read; the shell then leads to the sign-in page. */
export function endSession(): void {
  cache.setQueryData(["me"], null);
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" && queryKey[0] !== "config" });
}
