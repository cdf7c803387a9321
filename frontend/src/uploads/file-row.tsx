/** One chosen file: what it looks like, how far it has come, and what can be done about it. */
import { CircleAlert, CircleCheck, Pause, Play, RotateCw, TriangleAlert, X } from "lucide-react";
import { useCallback } from "react";
import { Button, buttonClass } from "@/components/button";
import { useProblemText } from "@/components/problem-text";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { FileIcon } from "./file-icon";
import type { Hint } from "./hints";
import { useJudge } from "./judge";
import { messages } from "./messages";
import { Pick } from "./pick";
import type { PickedFile, UploadList } from "./upload-list";

interface FileRowProps {
  picked: PickedFile;
  list: UploadList;
  /** Which document it is, where its place does not tell. */
  what?: string | undefined;
}

export function FileRow({ picked, list, what }: FileRowProps) {
  const t = useText(messages);
  const { file, name, state, id, hint } = picked;
  const isMoving = state === "waiting" || state === "sending";
  return (
    <li className="flex flex-wrap items-center gap-3 py-2.5">
      {file ? <Thumbnail file={file} /> : <FileIcon />}
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        {what && <p className="text-sm">{what}</p>}
        <Standing picked={picked} />
        {(isMoving || state === "awaited") && <ProgressBar label={t("progress", { name })} share={picked.progress} />}
        {state === "awaited" && <ChooseAgain picked={picked} list={list} />}
      </div>
      {state === "failed" && (
        <Button
          variant="secondary"
          size="small"
          icon={<RotateCw className="size-4" aria-hidden />}
          aria-label={t("retryNamed", { name })}
          onClick={() => list.retry(id)}
        >
          {t("retry")}
        </Button>
      )}
      {(isMoving || state === "paused") && <Hold picked={picked} list={list} />}
      <button type="button" className={buttonClass("quiet", "icon")} onClick={() => list.remove(id)}>
        <X className="size-5" aria-hidden />
        <span className="sr-only">{t(isMoving ? "cancel" : "remove", { name })}</span>
      </button>
      {hint && <HintNote hint={hint} picked={picked} list={list} />}
    </li>
  );
}

function Hold({ picked: { id, name, state }, list }: { picked: PickedFile; list: UploadList }) {
  const t = useText(messages);
  const isPaused = state === "paused";
  const Icon = isPaused ? Play : Pause;
  return (
    <button type="button" className={buttonClass("quiet", "icon")} onClick={() => (isPaused ? list.retry(id) : list.pause(id))}>
      <Icon className="size-5" aria-hidden />
      <span className="sr-only">{t(isPaused ? "goOn" : "pause", { name })}</span>
    </button>
  );
}

function ChooseAgain({ picked: { id, name }, list }: { picked: PickedFile; list: UploadList }) {
  const t = useText(messages);
  const judge = useJudge();
  return (
    <div className="mt-2.5">
      <Pick takes="file" label={t("chooseNamed", { name })} onPick={([file]) => file && list.choose(id, file, judge)}>
        {t("choose")}
      </Pick>
    </div>
  );
}

/** What may be wrong with it. It holds nothing up: the file is kept as it is until another takes its place. */
function HintNote({ hint, picked, list }: { hint: Hint; picked: PickedFile; list: UploadList }) {
  const t = useText(messages);
  const judge = useJudge();
  const { id, name } = picked;
  return (
    <div className="basis-full rounded-control bg-waiting-tint p-3">
      <p className="flex gap-2 text-sm">
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-waiting" aria-hidden />
        {t(`hint.${hint}`)}
      </p>
      <div className="mt-2.5 flex flex-wrap gap-2">
        <Pick takes="file" label={t("anotherNamed", { name })} onPick={([file]) => file && list.replace(picked, file, judge)}>
          {t("another")}
        </Pick>
        <Button variant="quiet" size="small" aria-label={t("keepNamed", { name })} onClick={() => list.keep(id)}>
          {t("keep")}
        </Button>
      </div>
    </div>
  );
}

function Standing({ picked }: { picked: PickedFile }) {
  const t = useText(messages);
  const say = useProblemText();
  const format = useFormat();
  const { size, state, problem, upload, hint } = picked;
  if (state === "refused" || state === "failed") {
    return (
      <p className="flex gap-1.5 text-sm text-negative">
        <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        {problem ? say(problem) : t("failed")}
      </p>
    );
  }
  if (state === "done") {
    return (
      <p className="flex gap-1.5 text-sm text-muted">
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-positive" aria-hidden />
        {upload?.is_encrypted && !hint ? t("encrypted") : t("done")} · {format.size(size)}
      </p>
    );
  }
  const percent = format.number(Math.round(picked.progress * 100));
  if (state === "awaited") return <p className="text-sm text-waiting">{t("awaited", { percent })}</p>;
  if (state === "paused") return <p className="text-sm text-muted">{t("paused", { percent })}</p>;
  return <p className="text-sm text-muted">{state === "waiting" ? t("waiting") : t("sending", { percent })}</p>;
}

function ProgressBar({ label, share }: { label: string; share: number }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share * 100)}
      className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-sunken"
    >
      <div className="h-full rounded-full bg-brand transition-[width]" style={{ width: `${share * 100}%` }} />
    </div>
  );
}

/** The picture itself, from the file that was chosen, where it is one. */
function Thumbnail({ file }: { file: File }) {
  const show = useCallback(
    (picture: HTMLImageElement) => {
      picture.src = URL.createObjectURL(file);
      return () => URL.revokeObjectURL(picture.src);
    },
    [file],
  );
  if (!/^image\/(jpeg|png)$/.test(file.type)) return <FileIcon />;
  return <img ref={show} alt="" className="size-11 shrink-0 rounded-control border border-line object-cover" />;
}
