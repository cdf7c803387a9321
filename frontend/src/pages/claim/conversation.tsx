/** What both sides have said to each other, with files, and saying more. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/api/client";
import { type Claim, type Message, messagesQuery } from "@/api/queries";
import { SubmissionKey } from "@/api/submission";
import { AttachButton, AttachedFiles, useAttaching } from "@/claims/attaching";
import { MessageFiles, NewMark, ReadMark, lastRead } from "@/claims/message-parts";
import { useReadMessages } from "@/claims/read-thread";
import { Ago } from "@/components/ago";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { cx } from "@/components/cx";
import { TextArea } from "@/components/field";
import { Form } from "@/components/form";
import { Failed, SkeletonList } from "@/components/page";
import { needed, z } from "@/components/rules";
import { useText } from "@/i18n/text";
import { usePayer } from "./about";
import { useReadAnew } from "./acting";
import { messages } from "./talk-messages";

const MOST = 5000;

export default function Conversation({ claim }: { claim: Claim }) {
  const t = useText(messages);
  const payer = usePayer(claim);
  const { data: said, error, refetch } = useQuery(messagesQuery(claim.claim_number));
  const end = useRef<HTMLDivElement>(null);
  const fresh = useReadMessages(claim.id, said, end);
  const read = lastRead(said ?? []);
  return (
    <Section id="messages" title={t("messages.title")}>
      {error && !said && <Failed error={error} retry={() => void refetch()} />}
      {!said && !error && <SkeletonList rows={2} row="h-20" />}
      {said?.length === 0 && <p className="text-muted">{t("messages.none", { payer })}</p>}
      {said && said.length > 0 && (
        <ol className="flex flex-col gap-3">
          {said.map((message) => (
            <Said key={message.id} message={message} isFresh={fresh.has(message.id)} isLastRead={message.id === read} />
          ))}
        </ol>
      )}
      <div ref={end} className="-mt-3" />
      <WriteForm claim={claim} payer={payer} />
    </Section>
  );
}

function Said({ message, isFresh, isLastRead }: { message: Message; isFresh: boolean; isLastRead: boolean }) {
  const t = useText(messages);
  const { is_mine: isMine, author, body, created_at: at } = message;
  return (
    <li className={cx("max-w-[85%]", isMine && "self-end")}>
      <div className={cx("rounded-surface px-4 py-3", isMine ? "bg-brand-tint" : "border border-line bg-surface")}>
        <p className="mb-1 flex flex-wrap items-center gap-x-3 text-sm text-muted">
          <span className="font-semibold text-ink">{isMine ? t("messages.you") : author.name}</span>
          <Ago at={at} />
          {isFresh && <NewMark />}
        </p>
        <p className={cx("whitespace-pre-line", body === null && "text-muted italic")}>{body ?? t("messages.erased")}</p>
        <MessageFiles message={message} />
      </div>
      {isLastRead && <ReadMark message={message} />}
    </li>
  );
}

function WriteForm({ claim, payer }: { claim: Claim; payer: string }) {
  const t = useText(messages);
  const attaching = useAttaching();
  const send = useSend(claim);
  const schema = useMemo(
    () => z.object({ body: needed(t("messages.missing")).check(z.maxLength(MOST, t("messages.long"))) }),
    [t],
  );
  const form = useForm({ resolver: zodResolver(schema), shouldFocusError: false, defaultValues: { body: "" } });
  return (
    <Form
      form={form}
      className="no-print flex flex-col gap-3"
      onSubmit={async (values) => {
        await send.mutateAsync({ ...values, upload_ids: attaching.ids });
        form.reset();
        attaching.clear();
      }}
    >
      <TextArea
        {...form.register("body")}
        rows={3}
        label={t("messages.write")}
        hint={t("messages.told", { payer })}
        error={form.formState.errors.body?.message}
      />
      <AttachedFiles attaching={attaching} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="secondary" busy={send.isPending} disabled={!attaching.isReady}>
          {t("messages.send")}
        </Button>
        <AttachButton attaching={attaching} />
      </div>
      <p role="status" className="sr-only">
        {send.isSuccess && t("messages.sent")}
      </p>
    </Form>
  );
}

function useSend(claim: Claim) {
  const cache = useQueryClient();
  const read = useReadAnew(claim);
  const [key] = useState(() => new SubmissionKey());
  return useMutation({
    mutationFn: (body: { body: string; upload_ids: string[] }) =>
      api.post("/claims/{claim_id}/messages", { path: { claim_id: claim.id }, body, idempotencyKey: key.for(body) }),
    onSuccess: async (message) => {
      key.done();
      cache.setQueryData(messagesQuery(claim.claim_number).queryKey, (before) => [...(before ?? []), message]);
      // Files are documents of the claim, too.
      await (message.documents.length > 0 ? read() : cache.invalidateQueries({ queryKey: ["claims", "one", claim.claim_number, "history"] }));
    },
  });
}
