/** One's drafts as the server has them. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";

export const draftsQuery = queryOptions({
  queryKey: ["drafts", "list"],
  queryFn: async () => (await api.get("/drafts", { query: { limit: 200 } })).items,
});

/** Read anew whenever it is come to: another device may have gone on with it. */
export function draftQuery(id: string) {
  return queryOptions({
    queryKey: ["drafts", "one", id],
    queryFn: () => api.get("/drafts/{draft_id}", { path: { draft_id: id } }),
    staleTime: 0,
    gcTime: 0,
  });
}
