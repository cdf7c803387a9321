import { afterEach, expect, it, vi } from "vitest";
import { cache } from "@/api/cache";
import { api, newKey } from "@/api/client";
import { Problem } from "@/api/problem";

function answer(status: number, body: unknown): void {
  vi.stubGlobal("fetch", vi.fn<typeof fetch>(async () => new Response(body === null ? null : JSON.stringify(body), { status })));
}

const asked = () => vi.mocked(fetch).mock.calls[0];

afterEach(() => vi.unstubAllGlobals());

it("fills the path, leaves out what was not given and sends JSON with its key", async () => {
  answer(200, { claim_number: "CLM-1" });
  await api.get("/claims", { query: { status: "pending", cursor: null, text: "a b" } });
  expect(asked()?.[0]).toBe("/claims?status=pending&text=a+b");
  answer(200, {});
  const path = { claim_id: "a/b", action: "appeal" };
  await api.post("/claims/{claim_id}/actions/{action}", { path, body: { reason: "x" }, idempotencyKey: "k", ifMatch: 3 });
  const [address, request] = asked() ?? [];
  expect(address).toBe("/claims/a%2Fb/actions/appeal");
  expect(request?.headers).toEqual({ "Content-Type": "application/json", "Idempotency-Key": "k", "If-Match": '"3"' });
});

it("throws a refusal as a problem with its fields", async () => {
  answer(422, { code: "invalid", detail: "No", errors: [{ field: "reason", code: "missing", detail: "Needed" }] });
  const refused = await api.get("/auth/me").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Problem);
  expect(refused).toMatchObject({ status: 422, code: "invalid", fields: [{ field: "reason" }], isPassing: false });
});

it("says when nobody answered", async () => {
  vi.stubGlobal("fetch", vi.fn<typeof fetch>().mockRejectedValue(new TypeError("network")));
  await expect(api.get("/auth/me")).rejects.toMatchObject({ code: "unreachable", isPassing: true });
});

it("makes keys that the API takes, each its own", () => {
  const keys = Array.from({ length: 100 }, newKey);
  expect(new Set(keys).size).toBe(100);
  expect(keys.filter((key) => !/^[a-z0-9-]{8,255}$/.test(key))).toEqual([]);
});

it("keeps what was read when reading it again fails, but not what is gone or not to be seen any more", async () => {
  const kept = async (status: number) => {
    cache.setQueryData(["one"], "there");
    answer(status, { code: "x", detail: "x" });
    await cache.fetchQuery({ queryKey: ["one"], queryFn: () => api.get("/claims"), staleTime: 0, retry: false }).catch(() => undefined);
    return cache.getQueryData(["one"]);
  };
  expect([await kept(500), await kept(403), await kept(404)]).toEqual(["there", undefined, undefined]);
});
