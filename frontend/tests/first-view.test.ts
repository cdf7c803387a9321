import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
});
afterEach(() => vi.useRealTimers());

/** The first view's promise, and whether it has come. */
async function begun() {
  const { cache } = await import("@/api/cache");
  const { firstView } = await import("@/api/first-view");
  const seen = { isThere: false };
  void firstView.then(() => (seen.isThere = true));
  const read = (name: string, ms: number) =>
    cache.prefetchQuery({ queryKey: [name], queryFn: () => new Promise((resolve) => setTimeout(() => resolve(name), ms)) });
  return { seen, read };
}

it("waits until nothing has been asked for a moment", async () => {
  const { seen, read } = await begun();
  void read("me", 200).then(() => read("claims", 400));
  await vi.advanceTimersByTimeAsync(650);
  expect(seen.isThere).toBe(false);
  await vi.advanceTimersByTimeAsync(350);
  expect(seen.isThere).toBe(true);
});

it("does not wait for ever for an answer", async () => {
  const { seen, read } = await begun();
  void read("me", 60_000);
  await vi.advanceTimersByTimeAsync(8000);
  expect(seen.isThere).toBe(true);
});
