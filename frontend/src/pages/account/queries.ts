/** What one has chosen to be told, as the server has it. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: () => api.get("/notifications/preferences"),
});
