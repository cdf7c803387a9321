/** Who works on a claim: taking it, giving it back, handing it over. What the server answers is shown in its row at once. */
import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { type Problem, asProblem } from "@/api/problem";
import { toast } from "@/components/toast";
import { useText } from "@/i18n/text";
import { messages } from "./messages";
import type { Row } from "./queries";

export interface Person {
  id: string;
  name: string;
}
export interface Refused {
  row: Row;
  problem: Problem;
}
type Pages = InfiniteData<{ items: Row[]; next_cursor: string | null }>;

/** `to` undefined: to oneself; null: to nobody. */
function give(row: Row, to: Person | null | undefined): Promise<unknown> {
  const path = { claim_id: row.id };
  if (to === null) return api.delete("/claims/{claim_id}/assignment", { path });
  return api.post("/claims/{claim_id}/assignment", { path, body: to ? { user_id: to.id } : {} });
}

export interface Working {
  give: (row: Row, to: Person | null | undefined) => void;
  /** The last one that was refused, until it is dismissed. */
  refused: Refused | null;
  dismiss: () => void;
}

export function useWorking(): Working {
  const t = useText(messages);
  const place = usePlaceInLists();
  const [refused, setRefused] = useState<Refused | null>(null);
  const { mutate } = useMutation({
    mutationFn: ({ row, to }: { row: Row; to: Person | null | undefined }) => give(row, to),
    onMutate: () => setRefused(null),
    onSuccess: (claim, { row, to }) => {
      place([claim as Row]);
      const number = row.claim_number;
      if (to) toast(t("handOver.done", { number, name: to.name }));
      else toast(t(to === null ? "release.done" : "take.done", { number }));
    },
    onError: (error, { row }) => {
      const problem = asProblem(error);
      setRefused({ row, problem });
      const holder = holderOf(problem);
      if (holder) place([{ ...row, assignee: holder }]);
    },
  });
  return { give: (row, to) => mutate({ row, to }), refused, dismiss: () => setRefused(null) };
}

/** Gives many, one after the other; what became of each, in their order. */
export async function giveAll(rows: Row[], to: Person | null | undefined): Promise<(Refused | Row)[]> {
  const outcomes: (Refused | Row)[] = [];
  for (const row of rows) {
    // Side by side they would be no quicker for a server of two cores, and use up what one may ask in a minute.
    // oxlint-disable-next-line no-await-in-loop
    outcomes.push(await give(row, to).then((claim) => claim as Row, (error: unknown) => ({ row, problem: asProblem(error) })));
  }
  return outcomes;
}

/** The person who has the claim, of a refusal that says so. */
export function holderOf({ document }: Problem): Person | null {
  const holder = document.assignee as Partial<Person> | undefined;
  return holder?.id && holder.name ? { id: holder.id, name: holder.name } : null;
}

/** Puts what is known now of some claims into the lists that hold them, and lets these and the counts be read anew. */
export function usePlaceInLists(): (rows: Row[]) => void {
  const cache = useQueryClient();
  return (rows) => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    cache.setQueriesData<Pages>({ queryKey: ["claims", "list", "queue"] }, (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({ ...page, items: page.items.map((each) => ({ ...each, ...byId.get(each.id) })) })),
      },
    );
    for (const { id, claim_number: number } of rows) {
      void cache.invalidateQueries({ queryKey: ["claims", "one", id] });
      void cache.invalidateQueries({ queryKey: ["claims", "one", number] });
    }
    void cache.invalidateQueries({ queryKey: ["claims", "list"] });
    void cache.invalidateQueries({ queryKey: ["claims", "counts"] });
  };
}
