/** The service worker: shows what was pushed to this device, and opens the claim when it is pressed. It is built apart, as /app/worker.js. */

interface Told {
  id: string;
  title: string;
  body: string;
  path: string | null;
  language: string;
}
interface Shown {
  title: string;
  options: NotificationOptions;
}
interface Waiting extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
type Pushed = Waiting & { data: { json: () => unknown } | null };
type Pressed = Waiting & { notification: Notification };
interface Window_ {
  url: string;
  focus: () => Promise<unknown>;
}
/** What of a worker is used here: TypeScript knows pages and workers, but not both at a time. */
interface Worker_ {
  registration: { showNotification: (title: string, options: NotificationOptions) => Promise<void> };
  clients: {
    matchAll: (which: { type: "window"; includeUncontrolled: boolean }) => Promise<readonly Window_[]>;
    openWindow: (url: string) => Promise<unknown>;
    claim: () => Promise<void>;
  };
  location: { origin: string };
  skipWaiting: () => Promise<void>;
  addEventListener: (type: string, listener: (event: never) => void) => void;
}

const HOME = "/app/";
const worker = globalThis as unknown as Worker_;

worker.addEventListener("install", (event: Waiting) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event: Waiting) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("push", (event: Pushed) => {
  const { title, options } = shown(event.data);
  event.waitUntil(worker.registration.showNotification(title, options));
});
worker.addEventListener("notificationclick", (event: Pressed) => {
  event.notification.close();
  event.waitUntil(open(pathIn(event.notification.data)));
});

/** Browsers want something to be shown for each push, so what cannot be read says no more than where it comes from. */
function shown(data: Pushed["data"]): Shown {
  try {
    const told = data?.json() as Told;
    // The same notice once more takes the place of the first.
    const options = { body: told.body, tag: told.id, lang: told.language, data: { path: told.path } };
    return { title: told.title, options };
  } catch {
    return { title: "Insurenz", options: { data: { path: HOME } } };
  }
}

/** An address of the app, whatever was pushed. */
function pathIn(data: { path?: unknown } | null): string {
  const path = data?.path;
  return typeof path === "string" && path.startsWith(HOME) ? path : HOME;
}

async function open(path: string): Promise<void> {
  const url = worker.location.origin + path;
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((window) => window.url === url);
  await (there ? there.focus() : worker.clients.openWindow(url));
}
