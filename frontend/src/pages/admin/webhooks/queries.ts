/** What the pages of webhooks read. What was sent to one lies with the deliveries: sending again changes both. */
import { queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { listQuery } from "../queries";

export type Webhook = Schema<"WebhookOut">;
export type WebhookMade = Schema<"WebhookMade">;

const WATCH_MS = 5_000;

export function webhooksQuery(filters: { organisation?: string }) {
  return listQuery(["webhooks", "list", filters], (cursor, signal) => api.get("/webhooks", { query: { ...filters, cursor }, signal }));
}

export const eventTypesQuery = queryOptions({
  queryKey: ["admin", "webhooks", "event-types"],
  queryFn: async () => (await api.get("/webhooks", { query: { limit: 1 } })).event_types,
  staleTime: Infinity,
});

/** Read anew while the page is open: how it fares changes by itself. */
export function webhookQuery(id: string) {
  return queryOptions({
    queryKey: ["admin", "webhooks", "one", id],
    queryFn: () => api.get("/webhooks/{webhook_id}", { path: { webhook_id: id } }),
    refetchInterval: WATCH_MS,
  });
}

export function attemptsQuery(id: string) {
  return {
    ...listQuery(["deliveries", "webhook", id], (cursor, signal) =>
      api.get("/webhooks/{webhook_id}/attempts", { path: { webhook_id: id }, query: { cursor, limit: 20 }, signal }),
    ),
    refetchInterval: WATCH_MS,
  };
}
