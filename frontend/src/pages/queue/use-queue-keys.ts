/** The keys of the queue. The row one is on is the one that has the focus, or had it last. */
import { useEffect, useRef } from "react";
import { useNavigate, useNavigationType } from "react-router";
import { useText } from "@/i18n/text";
import { useShortcuts } from "@/keyboard/shortcuts";
import { messages } from "./messages";
import type { TakeNext } from "./use-take-next";
import type { Row } from "./queries";
import type { Queue } from "./use-queue";
import type { Working } from "./working";

interface Given {
  queue: Queue;
  working: Working;
  next: TakeNext;
  mayAct: boolean;
}

export const SEARCH_ID = "queue-search";
/** Where one was when a claim was opened; the memory of this window alone. */
let lastRow = "";

export function useQueueKeys({ queue, working, next, mayAct }: Given): void {
  const t = useText(messages);
  const navigate = useNavigate();
  const { rows } = queue;
  useRememberedRow(rows.length > 0);
  const at = () => rows.findIndex(({ id }) => id === lastRow);
  const onRow = (run: (row: Row) => void) => () => {
    const row = rows[at()];
    if (row) run(row);
  };
  const step = (by: number) => () => {
    const index = at();
    focusRow(rows[index < 0 ? 0 : Math.min(Math.max(index + by, 0), rows.length - 1)]?.id);
    if (index + by >= rows.length - 1 && queue.query.hasNextPage) void queue.query.fetchNextPage({ cancelRefetch: false });
  };
  useShortcuts([
    { keys: "j", label: t("key.next"), run: step(1) },
    { keys: "k", label: t("key.previous"), run: step(-1) },
    { keys: "o", label: t("key.open"), run: onRow((row) => void navigate(`/claims/${row.claim_number}`)) },
    { keys: "x", label: t("key.select"), run: onRow((row) => queue.toggle(row)), when: mayAct },
    { keys: "a", label: t("key.take"), run: onRow((row) => working.give(row, undefined)), when: mayAct },
    { keys: "/", label: t("key.search"), run: () => document.getElementById(SEARCH_ID)?.focus() },
    { keys: "t", label: t("key.takeNext"), run: next.run, when: mayAct },
    { keys: "Escape", label: t("key.clear"), run: () => queue.chooseOnly([]), when: queue.chosen.length > 0 },
  ]);
}

function focusRow(id: string | undefined, options?: FocusOptions): void {
  document.querySelector<HTMLElement>(`[data-claim="${id}"] [data-row-link]`)?.focus(options);
}

/** Notes which row has the focus; coming back from a claim, one is where one was. */
function useRememberedRow(isThere: boolean): void {
  const type = useNavigationType();
  const isBack = useRef(type === "POP");
  useEffect(() => {
    const note = (event: FocusEvent) => {
      const row = (event.target as Element | null)?.closest<HTMLElement>("[data-claim]")?.dataset.claim;
      if (row) lastRow = row;
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  useEffect(() => {
    if (!isThere || !isBack.current) return;
    isBack.current = false;
    focusRow(lastRow, { preventScroll: true });
  }, [isThere]);
}
