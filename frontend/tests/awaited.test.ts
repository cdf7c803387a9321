import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { isAwaited } from "@/api/queries";

it("a page that was shown without what failed is not taken away while that is read anew", async () => {
  let answer: () => Promise<string> = () => Promise.reject(new Error("no"));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const observer = new QueryObserver(client, { queryKey: ["history"], queryFn: () => answer() });
  const stop = observer.subscribe(() => undefined);
  expect(isAwaited(observer.getCurrentResult())).toBe(true);
  await expect.poll(() => observer.getCurrentResult().isError).toBe(true);
  expect(isAwaited(observer.getCurrentResult())).toBe(false);
  answer = () => new Promise(() => undefined);
  void client.invalidateQueries({ queryKey: ["history"] });
  await expect.poll(() => observer.getCurrentResult().isLoading).toBe(true);
  expect(isAwaited(observer.getCurrentResult())).toBe(false);
  stop();
});
