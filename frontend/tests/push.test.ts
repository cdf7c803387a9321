import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bytesOf, fingerprintOf, here, isFor } from "@/push/device";

type Listener = (event: Record<string, unknown>) => void;

const shown: unknown[] = [];
const opened: string[] = [];
const listeners = new Map<string, Listener>();
const windows: { url: string; focus: () => Promise<void> }[] = [];

beforeEach(async () => {
  for (const list of [shown, opened, windows]) list.length = 0;
  vi.stubGlobal("addEventListener", (type: string, listener: Listener) => listeners.set(type, listener));
  vi.stubGlobal("registration", { showNotification: async (...given: unknown[]) => void shown.push(given) });
  vi.stubGlobal("clients", { matchAll: async () => windows, openWindow: async (url: string) => void opened.push(url) });
  vi.stubGlobal("location", { origin: "https://claims.example" });
  vi.resetModules();
  await import("@/push/worker");
});
afterEach(() => vi.unstubAllGlobals());

async function happen(type: string, event: Record<string, unknown>) {
  let work: unknown;
  listeners.get(type)?.({ ...event, waitUntil: (given: unknown) => (work = given) });
  await work;
}

async function press(path: unknown) {
  await happen("notificationclick", { notification: { close: () => undefined, data: { path } } });
}

it("shows what was pushed, the same notice once", async () => {
  const told = { id: "n1", title: "दावे की ख़बर", body: "दावा C-1", path: "/app/claims/1", language: "hi" };
  await happen("push", { data: { json: () => told } });
  expect(shown).toEqual([["दावे की ख़बर", { body: "दावा C-1", tag: "n1", lang: "hi", data: { path: "/app/claims/1" } }]]);
});

it("shows something for a push that cannot be read", async () => {
  await happen("push", { data: null });
  const unreadable = () => {
    throw new SyntaxError("no JSON");
  };
  await happen("push", { data: { json: unreadable } });
  const plain = ["Insurenz", { data: { path: "/app/" } }];
  expect(shown).toEqual([plain, plain]);
});

it("opens the claim, in the window that has it open already", async () => {
  await press("/app/claims/1");
  expect(opened).toEqual(["https://claims.example/app/claims/1"]);
  const focus = vi.fn(async () => undefined);
  windows.push({ url: "https://claims.example/app/claims/1", focus });
  await press("/app/claims/1");
  expect([opened.length, focus.mock.calls.length]).toEqual([1, 1]);
});

it.each(["https://evil.example/", "//evil.example", "/mailbox", null, 7])("opens nothing but the app for %s", async (path) => {
  await press(path);
  expect(opened).toEqual(["https://claims.example/app/"]);
});

it("knows a browser by its endpoint as the server does", async () => {
  expect(await fingerprintOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

it("knows whether a subscription is for the server's key", () => {
  const of = (key: Uint8Array<ArrayBuffer> | null) => ({ options: { applicationServerKey: key?.buffer ?? null } }) as PushSubscription;
  expect([...bytesOf("-_8A")]).toEqual([251, 255, 0]);
  expect(isFor(of(Uint8Array.of(251, 255, 0)), "-_8A")).toBe(true);
  expect(isFor(of(Uint8Array.of(251, 255, 1)), "-_8A")).toBe(false);
  expect(isFor(of(null), "-_8A")).toBe(false);
});

/** A browser by what it has and calls itself; whoever asks for its subscription gets `subscription`. */
function browse({ isSecure = true, hasPush = true, agent = "Chrome", touches = 0, permission = "default", isOnHome = false, subscription = async () => null as unknown }) {
  const worker = { getRegistration: async () => ({ pushManager: { getSubscription: subscription } }) };
  vi.stubGlobal("window", { isSecureContext: isSecure, matchMedia: () => ({ matches: isOnHome }), ...(hasPush ? { PushManager: {}, Notification: {} } : {}) });
  vi.stubGlobal("navigator", { userAgent: agent, maxTouchPoints: touches, ...(isSecure ? { serviceWorker: worker } : {}) });
  vi.stubGlobal("Notification", { permission });
}

it.each([
  ["insecure", { isSecure: false, hasPush: false }],
  ["missing", { hasPush: false }],
  ["install", { hasPush: false, agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)" }],
  ["missing", { hasPush: false, agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X)", isOnHome: true }],
  ["install", { hasPush: false, agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", touches: 5 }],
  ["missing", { hasPush: false, agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" }],
  ["denied", { permission: "denied" }],
  ["ready", { permission: "default" }],
  ["missing", { subscription: async () => Promise.reject(new DOMException("private", "SecurityError")) }],
] as const)("says why notices can or cannot be had: %s", async (can, browser) => {
  browse(browser);
  expect(await here()).toEqual({ can, fingerprint: null });
});
