/** Pages that are photographed one after the other, seen to, and used as one file. */
import { useQuery } from "@tanstack/react-query";
import { Camera } from "lucide-react";
import { useState } from "react";
import type { Problem } from "@/api/problem";
import { configQuery } from "@/api/queries";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useProblemText } from "@/components/problem-text";
import { useText } from "@/i18n/text";
import { Pick } from "../pick";
import { fileOf } from "./making";
import { messages } from "./messages";
import { type Page, pageOf } from "./page";
import { PageRow } from "./page-row";

/** As long as the file is made of the pages as they are. */
const HELD = "min-w-0 disabled:pointer-events-none disabled:opacity-60";

interface PagesProps {
  pages: readonly Page[];
  /** By what the pages are by then. */
  change: (how: (pages: readonly Page[]) => readonly Page[]) => void;
  /** Says why the file that was made of these pages cannot be taken. */
  onUse: (pages: readonly Page[], file: File) => Problem | undefined;
  onEnd: () => void;
}

export default function Pages({ pages, change, onUse, onEnd }: PagesProps) {
  const t = useText(messages);
  const [closings, setClosings] = useState(0);
  const use = useMaking(pages, onUse);
  const changeOne = (id: string, changed: Partial<Page>) =>
    change((all) => all.map((page) => (page.id === id ? { ...page, ...changed } : page)));
  // The browser closes a dialog without being asked: it opens again with the question, and ends the second time.
  const close = () => (closings > 0 || pages.length === 0 ? onEnd() : setClosings(closings + 1));
  return (
    <Dialog key={closings} open title={t("title")} onClose={close}>
      <p className="-mt-3 text-sm text-muted">{t("intro")}</p>
      <fieldset disabled={use.isBusy} className={HELD}>
        <ul className="divide-y divide-line border-y border-line">
          {pages.map((page, index) => (
            <PageRow
              key={page.id}
              page={page}
              index={index}
              count={pages.length}
              change={(changed) => changeOne(page.id, changed)}
              move={(by) => change((all) => moved(all, index, by))}
              remove={() => change((all) => all.filter(({ id }) => id !== page.id))}
            />
          ))}
        </ul>
      </fieldset>
      {use.failure && <p role="alert" className="text-sm text-negative">{use.failure}</p>}
      <div className="flex flex-wrap items-center gap-3">
        {pages.length > 0 && (
          <Button busy={use.isBusy} onClick={use.make}>
            {t("use")}
          </Button>
        )}
        <fieldset disabled={use.isBusy} className={HELD}>
          <Pick
            takes="photo"
            label={t("next")}
            icon={<Camera className="size-4" aria-hidden />}
            onPick={(more) => change((all) => [...all, ...more.map(pageOf)])}
          >
            {t("next")}
          </Pick>
        </fieldset>
      </div>
      {closings > 0 && (
        <p role="alert" className="flex flex-wrap items-center justify-between gap-2 text-sm">
          {t("leaving")}
          <Button variant="quiet" size="small" onClick={onEnd}>
            {t("discard")}
          </Button>
        </p>
      )}
    </Dialog>
  );
}

function moved(pages: readonly Page[], index: number, by: number): Page[] {
  const page = pages.slice(index, index + 1);
  const others = [...pages.slice(0, index), ...pages.slice(index + 1)];
  return [...others.slice(0, index + by), ...page, ...others.slice(index + by)];
}

function useMaking(pages: readonly Page[], onUse: PagesProps["onUse"]) {
  const t = useText(messages);
  const say = useProblemText();
  const { data: config } = useQuery(configQuery);
  const [isBusy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ pages: readonly Page[]; why: string }>();
  const use = (file: File) => {
    const problem = onUse(pages, file);
    if (problem) setFailed({ pages, why: say(problem) });
  };
  const make = () => {
    setBusy(true);
    const making = fileOf(pages, config?.max_file_bytes ?? Infinity).then(use, () => setFailed({ pages, why: t("unread") }));
    void making.finally(() => setBusy(false));
  };
  return { make, isBusy, failure: failed?.pages === pages && failed.why };
}
