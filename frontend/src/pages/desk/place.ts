/** Where the claim stands in the list that it was opened from, read off the lists that are still in memory. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocation } from "react-router";

export interface Place {
  before: string | undefined;
  after: string | undefined;
  /** Counted from 1; 0 when no list has it. */
  at: number;
  of: number;
  /** The address of the list. */
  list: string;
}

interface Row {
  claim_number: string;
}

export function usePlace(number: string): Place {
  const cache = useQueryClient();
  const { state } = useLocation();
  const from = (state as { from?: unknown } | null)?.from;
  // Once for each claim: a list that is read anew behind the page does not move it about.
  const numbers = useMemo(() => {
    const lists = cache.getQueryCache().findAll({ queryKey: ["claims", "list"] });
    const newestFirst = lists.toSorted((one, other) => other.state.dataUpdatedAt - one.state.dataUpdatedAt);
    return newestFirst.map(({ state: { data } }) => numbersIn(data)).find((each) => each.includes(number)) ?? [];
  }, [cache, number]);
  return { ...placeIn(numbers, number), list: typeof from === "string" && from.startsWith("/claims") ? from : "/claims" };
}

export function placeIn(numbers: readonly string[], number: string): Omit<Place, "list"> {
  const index = numbers.indexOf(number);
  if (index < 0) return { before: undefined, after: undefined, at: 0, of: 0 };
  return { before: numbers[index - 1], after: numbers[index + 1], at: index + 1, of: numbers.length };
}

/** The claims' numbers in a page of a list, or in all pages of one that grows. */
export function numbersIn(data: unknown): string[] {
  const { pages, items } = (data ?? {}) as { pages?: { items?: Row[] }[]; items?: Row[] };
  const rows = pages ? pages.flatMap((page) => page.items ?? []) : (items ?? []);
  return rows.map(({ claim_number }) => claim_number);
}
