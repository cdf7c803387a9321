/** Keeps the device right that one is told on: browsers change what they have subscribed to, servers their key, people their
browser and their language. */
import { api } from "@/api/client";
import { currentLanguage } from "@/i18n/preferences";
import { alone, asGiven, fingerprintOf, isFor, subscribe, subscribed, unsubscribe } from "./device";

/** Once for each page that is loaded, where notices are allowed. What goes wrong waits for the next page. */
export function renew(): Promise<void> {
  return alone(async () => {
    const subscription = await subscribed();
    if (subscription) await renewed(subscription);
  });
}

async function renewed(subscription: PushSubscription): Promise<void> {
  const { items, server_key: serverKey } = await api.get("/notifications/devices");
  const fingerprint = await fingerprintOf(subscription.endpoint);
  const mine = items.find((device) => device.fingerprint === fingerprint);
  // Somebody else's, who used this browser before, or one that was removed from another place.
  if (!mine || !serverKey) return unsubscribe();
  const given = isFor(subscription, serverKey) ? asGiven(subscription) : await subscribe(serverKey);
  await api.post("/notifications/devices", { body: { ...given, name: mine.name, language: currentLanguage() } });
}
