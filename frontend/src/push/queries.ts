/** The devices and chats on which one is told, as the server has them, and this browser among them. */
import { queryOptions } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { here } from "./device";

export type Device = Schema<"DeviceOut">;
export type Chat = Schema<"ChatOut">;
export type Way = Schema<"WayOut">;

export const devicesQuery = queryOptions({ queryKey: ["devices"], queryFn: () => api.get("/notifications/devices") });
export const hereQuery = queryOptions({ queryKey: ["devices", "here"], queryFn: here, staleTime: 0 });
export const chatsQuery = queryOptions({ queryKey: ["chats"], queryFn: () => api.get("/notifications/chats") });
