/** Messages, which the other side reads, and notes, which only staff see: two lists that cannot be mistaken for each other. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock, Send, UsersRound } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type Message, messagesQuery } from "@/api/queries";
import { SubmissionKey } from "@/api/submission";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { TextArea } from "@/components/field";
import { Failed, SkeletonList } from "@/components/page";
import { useProblemText } from "@/components/problem-text";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { Keys, SEND_KEYS } from "@/keyboard/kbd";
import { messages } from "./messages";
import { type StaffClaim, notesQuery, useMayAct } from "./queries";

type Kind = "messages" | "notes";

const QUERIES = { messages: messagesQuery, notes: notesQuery };
const ADDRESSES = { messages: "/claims/{claim_id}/messages", notes: "/claims/{claim_id}/notes" } as const;

export function Talk({ claim, kind }: { claim: StaffClaim; kind: Kind }) {
  const t = useText(messages);
  const { data: said, error, refetch } = useQuery(QUERIES[kind](claim.claim_number));
  const mayAct = useMayAct();
  return (
    <>
      <Audience claim={claim} kind={kind} />
      {error && !said && <Failed error={error} retry={() => void refetch()} />}
      {!said && !error && <SkeletonList rows={2} row="h-16" />}
      {said?.length === 0 && <p className="text-muted">{t(`talk.${kind}.none`)}</p>}
      {said && said.length > 0 && (
        <ol className="flex flex-col gap-2.5">
          {said.map((message) => (
            <Said key={message.id} message={message} kind={kind} />
          ))}
        </ol>
      )}
      {mayAct && <Write claim={claim} kind={kind} />}
    </>
  );
}

function Audience({ claim, kind }: { claim: StaffClaim; kind: Kind }) {
  const t = useText(messages);
  const Icon = kind === "notes" ? Lock : UsersRound;
  const looks = kind === "notes" ? "border border-dashed border-control" : "bg-sunken";
  return (
    <p className={cx("no-print flex items-center gap-2 rounded-control px-3 py-2 text-muted", looks)}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {t(`talk.${kind}.who`, { other: claim.hospital?.name ?? claim.person_name })}
    </p>
  );
}

function Said({ message: { is_mine: isMine, author, body, created_at: at }, kind }: { message: Message; kind: Kind }) {
  const t = useText(messages);
  const format = useFormat();
  const isNote = kind === "notes";
  const ours = isMine ? "self-end bg-brand-tint" : "border border-line bg-surface";
  return (
    <li className={cx("rounded-surface px-3 py-2", isNote ? "border border-dashed border-control bg-sunken" : cx("max-w-[85%]", ours))}>
      <p className="mb-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
        {isNote && <Lock className="size-3.5" aria-hidden />}
        <span className="font-semibold text-ink">{isMine ? t("you") : author.name}</span>
        <time dateTime={at} title={format.time(at)}>
          {format.ago(at)}
        </time>
      </p>
      <p className={cx("max-w-prose whitespace-pre-line", body === null && "text-muted italic")}>{body ?? t("erased")}</p>
    </li>
  );
}

function Write({ claim, kind }: { claim: StaffClaim; kind: Kind }) {
  const t = useText(messages);
  const say = useProblemText();
  const [body, setBody] = useState("");
  const [isMissing, setMissing] = useState(false);
  const send = useSend(claim, kind, () => setBody(""));
  const submit = () => {
    setMissing(!body.trim());
    if (body.trim() && !send.isPending) send.mutate({ body: body.trim() });
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
  };
  return (
    <form
      noValidate
      className="no-print flex flex-col gap-2"
      onKeyDown={press}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextArea
        name={`${kind}-body`}
        rows={3}
        maxLength={5000}
        label={t(`talk.${kind}.write`)}
        error={isMissing ? t("talk.missing") : send.error ? say(asProblem(send.error)) : undefined}
        value={body}
        onChange={({ target }) => setBody(target.value)}
      />
      <Button type="submit" variant="secondary" size="small" className="self-start" busy={send.isPending} icon={kind === "notes" ? <Lock className="size-4" aria-hidden /> : <Send className="size-4" aria-hidden />}>
        {t(`talk.${kind}.send`)}
        <Keys keys={SEND_KEYS} className="pointer-coarse:hidden" />
      </Button>
      <p role="status" className="sr-only">
        {send.isSuccess && t(`talk.${kind}.sent`)}
      </p>
    </form>
  );
}

function useSend(claim: StaffClaim, kind: Kind, onDone: () => void) {
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  return useMutation({
    mutationFn: (body: { body: string }) => api.post(ADDRESSES[kind], { path: { claim_id: claim.id }, body, idempotencyKey: key.for(body) }),
    onSuccess: (message) => {
      key.done();
      onDone();
      cache.setQueryData(QUERIES[kind](claim.claim_number).queryKey, (before: Message[] | undefined) => [...(before ?? []), message]);
      return cache.invalidateQueries({ queryKey: ["claims", "one", claim.claim_number, "history"] });
    },
  });
}
