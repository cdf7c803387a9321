/** One's own views: kept under a name, listed below the others, and removed again. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkPlus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Button, buttonClass } from "@/components/button";
import { cx } from "@/components/cx";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { isKept, keptLink, keptOf } from "./address";
import { messages } from "./messages";
import { type NewView, type View, viewsQuery } from "./queries";

/** The view of one's own that is shown now. */
export function useKeptView(): View | undefined {
  const [search] = useSearchParams();
  const { data: views } = useQuery(viewsQuery);
  return views?.find(({ filters }) => isKept(search, filters));
}

export function KeptViews() {
  const t = useText(messages);
  const shown = useKeptView();
  const { data: views } = useQuery(viewsQuery);
  if (!views?.length) return null;
  return (
    <>
      <li aria-hidden className="mt-3 border-t border-line px-2.5 pt-3 pb-1 text-xs font-medium text-muted max-[72rem]:hidden">
        {t("kept")}
      </li>
      {views.map((view) => (
        <Kept key={view.id} view={view} isShown={view.id === shown?.id} />
      ))}
    </>
  );
}

function Kept({ view: { id, name, filters }, isShown }: { view: View; isShown: boolean }) {
  const t = useText(messages);
  const say = useProblemText();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete("/claim-views/{view_id}", { path: { view_id: id } }),
    onSuccess: () => toast(t("kept.removed", { name })),
    onError: (error) => toast(say(asProblem(error))),
    onSettled: () => cache.invalidateQueries(viewsQuery),
  });
  return (
    <li className="group/kept relative flex items-center">
      <Link
        to={keptLink(filters)}
        aria-current={isShown ? "page" : undefined}
        className={cx(
          "flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control ps-2.5 pe-8 whitespace-nowrap",
          isShown ? "bg-brand-tint font-semibold text-brand" : "text-ink hover:bg-sunken",
        )}
      >
        <Bookmark className={cx("size-4 shrink-0", !isShown && "text-muted")} aria-hidden />
        <span className="max-w-48 truncate">{name}</span>
      </Link>
      <button
        type="button"
        onClick={() => remove.mutate()}
        className="absolute end-1 cursor-pointer rounded-control p-1 text-muted hover:text-ink pointer-fine:opacity-0 pointer-fine:group-hover/kept:opacity-100 pointer-fine:focus-visible:opacity-100"
      >
        <X className="size-4" aria-hidden />
        <span className="sr-only">{t("kept.remove", { name })}</span>
      </button>
    </li>
  );
}

export function KeepView() {
  const t = useText(messages);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" title={t("kept.save")} onClick={() => setOpen(true)} className={buttonClass("quiet", "icon")}>
        <BookmarkPlus className="size-4.5" aria-hidden />
        <span className="sr-only">{t("kept.save")}</span>
      </button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t("kept.title")}>
        <KeepForm onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function KeepForm({ onClose }: { onClose: () => void }) {
  const t = useText(messages);
  const [search] = useSearchParams();
  const [isMissing, setMissing] = useState(false);
  const keep = useKeep(onClose);
  const say = useProblemText();
  const problem = keep.error && asProblem(keep.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("view-name") ?? "").trim();
    setMissing(!name);
    if (name && !keep.isPending) keep.mutate({ name, filters: keptOf(search) as NewView["filters"] });
  };
  const error = isMissing ? t("kept.missing") : problem ? t.of(`refusal.${problem.code}`, say(problem)) : undefined;
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-muted">{t("kept.text")}</p>
      {search.has("text") && <p className="text-muted">{t("kept.words")}</p>}
      <TextField name="view-name" label={t("kept.name")} maxLength={60} autoComplete="off" error={error} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={keep.isPending}>
          {t("kept.go")}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {t("kept.stay")}
        </Button>
      </div>
    </form>
  );
}

function useKeep(onClose: () => void) {
  const t = useText(messages);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NewView) => api.post("/claim-views", { body }),
    onSuccess: async ({ name }) => {
      onClose();
      toast(t("kept.done", { name }));
      await cache.invalidateQueries(viewsQuery);
    },
  });
}
