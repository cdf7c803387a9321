/** The claims of the address as they are shown, and which of them are chosen. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { countsQuery } from "@/api/queries";
import { askedOf, filtersOf } from "./address";
import { type Row, queueQuery } from "./queries";
import { NOTHING, type Selection, allOf, ranged, toggled } from "./selection";
import { useSteady } from "./use-steady";

export type Queue = ReturnType<typeof useQueue>;

export function useQueue() {
  const [search] = useSearchParams();
  const asked = askedOf(search);
  const of = JSON.stringify(asked);
  const query = useInfiniteQuery(queueQuery(asked));
  const { data, isPlaceholderData } = query;
  const fresh = useMemo(() => (isPlaceholderData ? undefined : data?.pages.flatMap(({ items }) => items)), [data, isPlaceholderData]);
  const steady = useSteady<Row>(of, fresh);
  const counted = useQuery(countsQuery(filtersOf(search) as object)).data;
  return { ...steady, of, query, counted, ...useSelection(of, steady.rows) };
}

/** Another list has none chosen; what is no longer shown is not chosen either. */
function useSelection(of: string, rows: Row[]) {
  const [held, setHeld] = useState({ of, selection: NOTHING });
  const selection = held.of === of ? held.selection : NOTHING;
  const order = useMemo(() => rows.map(({ id }) => id), [rows]);
  const choose = useCallback(
    (change: (before: Selection) => Selection) =>
      setHeld((before) => ({ of, selection: change(before.of === of ? before.selection : NOTHING) })),
    [of],
  );
  const chosen = useMemo(() => rows.filter(({ id }) => selection.ids.has(id)), [rows, selection]);
  return {
    chosen,
    isChosen: (id: string) => selection.ids.has(id),
    toggle: (row: Row, isRange = false) => choose((now) => (isRange ? ranged(now, row.id, order) : toggled(now, row.id))),
    chooseAll: () => choose((now) => allOf(now, order)),
    chooseOnly: (ids: string[]) => choose(() => ({ ids: new Set(ids), anchor: null })),
  };
}
