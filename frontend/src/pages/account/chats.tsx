/** By which chats and numbers one is told: added here, confirmed with the code that comes there. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageSquare } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { ProblemNotice } from "@/components/notice";
import { Failed, SkeletonList } from "@/components/page";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages } from "@/push/messages";
import { type Chat, chatsQuery } from "@/push/queries";
import { AddChat, CodeForm } from "./chat-forms";

/** Nothing where this install offers no way. */
export function Chats() {
  const t = useText(messages);
  const { data, error, refetch } = useQuery(chatsQuery);
  const [isAdding, setAdding] = useState(false);
  if (data && data.ways.length === 0 && data.items.length === 0) return null;
  if (error && !data) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <Section id="chats" title={t("chat.title")}>
      <p className="text-muted">{t("chat.intro")}</p>
      {!data && <SkeletonList rows={1} row="h-16" />}
      {data && data.items.length > 0 && (
        <ul className="divide-y divide-line rounded-surface border border-line bg-surface">
          {data.items.map((chat) => (
            <ChatRow key={chat.id} chat={chat} />
          ))}
        </ul>
      )}
      {data && isAdding && <AddChat ways={data.ways} onEnd={() => setAdding(false)} />}
      {data && data.ways.length > 0 && !isAdding && (
        <Button variant="secondary" className="self-start" onClick={() => setAdding(true)}>
          {t("chat.add")}
        </Button>
      )}
    </Section>
  );
}

function ChatRow({ chat }: { chat: Chat }) {
  const t = useText(messages);
  const cache = useQueryClient();
  const path = { path: { chat_id: chat.id } };
  const test = useMutation({
    mutationFn: () => api.post("/notifications/chats/{chat_id}/test", path),
    onSuccess: () => toast(t("chat.tested")),
  });
  const remove = useMutation({
    mutationFn: () => api.delete("/notifications/chats/{chat_id}", path),
    onSuccess: async () => {
      await cache.invalidateQueries(chatsQuery);
      toast(t("chat.removed"));
    },
  });
  const name = t("chat.named", { way: t.of(`chat.way.${chat.way}`, chat.way), end: chat.ends_with });
  return (
    <li className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <MessageSquare className="size-5 shrink-0 text-muted" aria-hidden />
        <p className="min-w-0 flex-1 font-medium wrap-anywhere">{name}</p>
        {chat.is_confirmed && (
          <Button variant="quiet" size="small" busy={test.isPending} onClick={() => test.mutate()}>
            {t("chat.test")}
          </Button>
        )}
        <Button variant="quiet" size="small" onClick={() => remove.mutate()} aria-label={t("chat.removeNamed", { name })}>
          {t("chat.remove")}
        </Button>
      </div>
      <ProblemNotice error={test.error ?? remove.error} />
      {!chat.is_confirmed && <CodeForm chat={chat} />}
    </li>
  );
}
