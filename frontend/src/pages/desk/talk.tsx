/** Messages, which the other side reads, and notes, which only staff see: two lists that cannot be mistaken for each other. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock, Send, UsersRound } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type Message, messagesQuery } from "@/api/queries";
import { SubmissionKey } from "@/api/submission";
import { AttachButton, AttachedFiles, useAttaching } from "@/claims/attaching";
import { MessageFiles, NewMark, ReadMark, lastRead } from "@/claims/message-parts";
import { useReadMessages } from "@/claims/read-thread";
import { Ago } from "@/components/ago";
import { Button } from "@/components/button";
import { cx } from "@/components/cx";
import { TextArea } from "@/components/field";
import { Failed, SkeletonList } from "@/components/page";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { Keys, SEND_KEYS } from "@/keyboard/kbd";
import { messages } from "./messages";
import { type Note, type StaffClaim, notesQuery, useMayAct } from "./queries";

type Kind = "messages" | "notes";

const QUERIES = { messages: messagesQuery, notes: notesQuery };

export function Messages({ claim, onShow }: { claim: StaffClaim; onShow: (document: string) => void }) {
  const { data: said, error, refetch } = useQuery(messagesQuery(claim.claim_number));
  const mayAct = useMayAct();
  const end = useRef<HTMLDivElement>(null);
  const fresh = useReadMessages(claim.id, mayAct ? said : undefined, end);
  const read = lastRead(said ?? []);
  return (
    <>
      <Audience claim={claim} kind="messages" />
      <List said={said} kind="messages" error={error} retry={() => void refetch()}>
        {(message) => <Sent key={message.id} message={message} isFresh={fresh.has(message.id)} isLastRead={message.id === read} onShow={onShow} />}
      </List>
      <div ref={end} className="-mt-5" />
      {mayAct && <Write claim={claim} kind="messages" />}
    </>
  );
}

export function Notes({ claim }: { claim: StaffClaim }) {
  const { data: said, error, refetch } = useQuery(notesQuery(claim.claim_number));
  return (
    <>
      <Audience claim={claim} kind="notes" />
      <List said={said} kind="notes" error={error} retry={() => void refetch()}>
        {(note) => <Noted key={note.id} note={note} />}
      </List>
      {useMayAct() && <Write claim={claim} kind="notes" />}
    </>
  );
}

interface ListProps<Each> {
  said: Each[] | undefined;
  kind: Kind;
  error: unknown;
  retry: () => void;
  children: (each: Each) => ReactNode;
}

function List<Each>({ said, kind, error, retry, children }: ListProps<Each>) {
  const t = useText(messages);
  if (!said) return error ? <Failed error={error} retry={retry} /> : <SkeletonList rows={2} row="h-16" />;
  if (said.length === 0) return <p className="text-muted">{t(`talk.${kind}.none`)}</p>;
  return <ol className="flex flex-col gap-2.5">{said.map(children)}</ol>;
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

interface SentProps {
  message: Message;
  isFresh: boolean;
  isLastRead: boolean;
  onShow: (document: string) => void;
}

function Sent({ message, isFresh, isLastRead, onShow }: SentProps) {
  const { is_mine: isMine } = message;
  return (
    <li className={cx("max-w-[85%]", isMine && "self-end")}>
      <div className={cx("rounded-surface px-3 py-2", isMine ? "bg-brand-tint" : "border border-line bg-surface")}>
        <Byline note={message}>{isFresh && <NewMark />}</Byline>
        <Body note={message} />
        <MessageFiles message={message} onShow={onShow} />
      </div>
      {isLastRead && <ReadMark message={message} />}
    </li>
  );
}

function Noted({ note }: { note: Note }) {
  return (
    <li className="rounded-surface border border-dashed border-control bg-sunken px-3 py-2">
      <Byline note={note} isInternal />
      <Body note={note} />
    </li>
  );
}

interface BylineProps {
  note: Note;
  isInternal?: boolean;
  children?: ReactNode;
}

function Byline({ note: { is_mine: isMine, author, created_at: at }, isInternal = false, children }: BylineProps) {
  const t = useText(messages);
  return (
    <p className="mb-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
      {isInternal && <Lock className="size-3.5" aria-hidden />}
      <span className="font-semibold text-ink">{isMine ? t("you") : author.name}</span>
      <Ago at={at} />
      {children}
    </p>
  );
}

function Body({ note: { body } }: { note: Note }) {
  const t = useText(messages);
  return <p className={cx("max-w-prose whitespace-pre-line", body === null && "text-muted italic")}>{body ?? t("erased")}</p>;
}

function Write({ claim, kind }: { claim: StaffClaim; kind: Kind }) {
  const t = useText(messages);
  const say = useProblemText();
  const [body, setBody] = useState("");
  const [isMissing, setMissing] = useState(false);
  const attaching = useAttaching();
  const send = useSend(claim, kind, () => {
    setBody("");
    attaching.clear();
  });
  const submit = () => {
    setMissing(!body.trim());
    if (body.trim() && attaching.isReady && !send.isPending) send.mutate({ body: body.trim(), files: attaching.ids });
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
      <AttachedFiles attaching={attaching} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="secondary" size="small" busy={send.isPending} disabled={!attaching.isReady} icon={kind === "notes" ? <Lock className="size-4" aria-hidden /> : <Send className="size-4" aria-hidden />}>
          {t(`talk.${kind}.send`)}
          <Keys keys={SEND_KEYS} className="pointer-coarse:hidden" />
        </Button>
        {kind === "messages" && <AttachButton attaching={attaching} />}
      </div>
      <p role="status" className="sr-only">
        {send.isSuccess && t(`talk.${kind}.sent`)}
      </p>
    </form>
  );
}

interface Said {
  body: string;
  files: string[];
}

function useSend(claim: StaffClaim, kind: Kind, onDone: () => void) {
  const cache = useQueryClient();
  const [key] = useState(() => new SubmissionKey());
  return useMutation({
    mutationFn: (said: Said) => post(claim, kind, said, key.for(said)),
    onSuccess: (message, { files }) => {
      key.done();
      onDone();
      cache.setQueryData(QUERIES[kind](claim.claim_number).queryKey, (before: Note[] | undefined) => [...(before ?? []), message]);
      // Files are documents of the claim, too.
      const part = files.length > 0 ? [] : ["history"];
      return cache.invalidateQueries({ queryKey: ["claims", "one", claim.claim_number, ...part] });
    },
  });
}

function post(claim: StaffClaim, kind: Kind, { body, files }: Said, idempotencyKey: string): Promise<Note> {
  const path = { claim_id: claim.id };
  if (kind === "notes") return api.post("/claims/{claim_id}/notes", { path, body: { body }, idempotencyKey });
  return api.post("/claims/{claim_id}/messages", { path, body: { body, upload_ids: files }, idempotencyKey });
}
