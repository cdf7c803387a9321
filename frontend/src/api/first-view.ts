/** When the first page is there: what is not part of it waits until then, so that on a slow line it takes nothing away from it. */
import { cache } from "./cache";

const QUIET_MS = 300;
const MOST_MS = 8000;

/** Resolves once nothing has been asked of the API for a moment; some time later in any case. */
export const firstView = new Promise<void>((resolve) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = cache.getQueryCache().subscribe(look);
  const last = setTimeout(done, MOST_MS);
  look();

  function look(): void {
    clearTimeout(timer);
    timer = cache.isFetching() === 0 ? setTimeout(done, QUIET_MS) : undefined;
  }
  function done(): void {
    stop();
    clearTimeout(timer);
    clearTimeout(last);
    resolve();
  }
});
