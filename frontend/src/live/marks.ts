/** Changes to one's own inbox: shown at once, and put right by what the server answers. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { type Schema, api } from "@/api/client";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { type Head, type Notice, headOf, headQuery, keepHead } from "./inbox";
import { messages } from "./messages";
import { catchUp, held, put } from "./news";

export type Mark = "read" | "unread" | "archive";

const PATHS = {
  read: "/notifications/{notification_id}/read",
  unread: "/notifications/{notification_id}/unread",
  archive: "/notifications/{notification_id}/archive",
} as const;

/** Marks one notification; nothing happens when it is so already. */
export function useMark() {
  const cache = useQueryClient();
  const t = useText(messages);
  return useMutation({
    mutationFn: ({ notice, mark }: { notice: Notice; mark: Mark }) =>
      api.post(PATHS[mark], { path: { notification_id: notice.id } }),
    onMutate: ({ notice, mark }) => showAtOnce(cache, notice, marked(notice, mark)),
    onSuccess: (answer) => takeMark(cache, answer),
    onError: () => undo(cache, t("failed")),
  });
}

/** Marks all as read that were there when the list was looked at. */
export function useReadAll() {
  const cache = useQueryClient();
  const t = useText(messages);
  return useMutation({
    mutationFn: () => {
      const rev = cache.getQueryData(headQuery.queryKey)?.rev;
      return api.post("/notifications/read-all", { body: rev === undefined ? {} : { up_to_rev: rev } });
    },
    onSuccess: (head) => {
      keepHead(cache, headOf(head));
      return cache.invalidateQueries({ queryKey: ["notifications"], predicate: ({ queryKey }) => queryKey[1] !== "head" });
    },
    onError: () => undo(cache, t("failed")),
  });
}

/** How the inbox and one of its notifications stand now. */
export function takeMark(cache: QueryClient, answer: Schema<"MarkOut">): void {
  const notice = held(cache, answer.id);
  const { item_rev: rev, read_at, archived_at } = answer;
  if (notice) put(cache, [{ ...notice, rev, read_at, archived_at }]);
  keepHead(cache, headOf(answer));
}

function marked(notice: Notice, mark: Mark): Notice {
  const now = new Date().toISOString();
  if (mark === "archive") return { ...notice, archived_at: notice.archived_at ?? now };
  return { ...notice, read_at: mark === "read" ? (notice.read_at ?? now) : null };
}

/** Half a change ahead: above what is known, below what the server will say. */
function showAtOnce(cache: QueryClient, before: Notice, after: Notice): void {
  put(cache, [{ ...after, rev: before.rev + 0.5 }]);
  const more = Number(isUnread(after)) - Number(isUnread(before));
  cache.setQueryData<Head>(headQuery.queryKey, (head) => head && { ...head, unread: Math.max(0, head.unread + more) });
}

function isUnread({ read_at, archived_at }: Notice): boolean {
  return read_at === null && archived_at === null;
}

function undo(cache: QueryClient, text: string): void {
  toast(text);
  catchUp(cache);
  void cache.invalidateQueries(headQuery);
}
