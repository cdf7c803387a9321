/** This browser as a device on which one is told: whether it can be, whether it is, and how that begins and ends. */

const WORKER = "/app/worker.js";
const SCOPE = "/app/";
const LONGEST_WAIT_MS = 15_000;

/** `insecure`: the page did not come over https; `install`: an iPhone or iPad shows notices only of what stands on its home screen;
`missing`: this browser cannot; `denied`: its owner has said no to it; `ready`: it can, and perhaps does. */
type Ability = "insecure" | "install" | "missing" | "denied" | "ready";

export interface Here {
  can: Ability;
  /** By which the server's list knows this browser; null while it is subscribed to nothing. */
  fingerprint: string | null;
}

export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export async function here(): Promise<Here> {
  const can = ability();
  if (can !== "ready") return { can, fingerprint: null };
  try {
    const subscription = await subscribed();
    return { can, fingerprint: subscription && (await fingerprintOf(subscription.endpoint)) };
  } catch {
    // As in private windows, or where sites may store nothing.
    return { can: "missing", fingerprint: null };
  }
}

function ability(): Ability {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return isOfApple() && !isOnHomeScreen() ? "install" : "missing";
  return Notification.permission === "denied" ? "denied" : "ready";
}

/** A phone or tablet; tablets call themselves computers. */
function isOfApple(): boolean {
  return /iPhone|iPad/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);
}

/** Opened from the home screen already: what is missing then, is too old. */
function isOnHomeScreen(): boolean {
  return window.matchMedia("(display-mode: standalone)").matches;
}

/** Asks the person, if they were not asked before, and says whether they agree. To be called when they press a button. */
export async function isAgreed(): Promise<boolean> {
  return (await Notification.requestPermission()) === "granted";
}

/** One change of this browser and the server's list at a time, in all tabs: what is in one of them alone meanwhile would look like a leftover. */
export async function alone<T>(change: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return change();
  // A tab that a phone has put to sleep may hold it for ever.
  return await navigator.locks.request("insurenz-push", { signal: AbortSignal.timeout(LONGEST_WAIT_MS) }, change);
}

/** Where notices are allowed. */
export async function subscribe(serverKey: string): Promise<Subscription> {
  await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  // A browser keeps to the key it once subscribed with.
  if (old && !isFor(old, serverKey)) await old.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(serverKey) });
  return asGiven(made);
}

export async function unsubscribe(): Promise<void> {
  await (await subscribed())?.unsubscribe();
}

/** The present subscription; null when there is none. */
export async function subscribed(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** SHA-256 of an endpoint, as the server's list has it. */
export async function fingerprintOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isFor(subscription: PushSubscription, serverKey: string): boolean {
  const key = subscription.options.applicationServerKey;
  const [own, wanted] = [key ? new Uint8Array(key) : new Uint8Array(), bytesOf(serverKey)];
  return own.length === wanted.length && own.every((byte, n) => byte === wanted[n]);
}

export function asGiven(subscription: PushSubscription): Subscription {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint: endpoint ?? "", keys: { p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "" } };
}

/** What base64url stands for. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
