/** The rows of a query as they are shown: in the order in which they came first, until their reader asks for the new one. */
import { useMemo, useState } from "react";
import { type Named, type Steady, compared, merged } from "./steady";

const NONE: never[] = [];

interface Held<R> {
  of: string;
  fresh: R[];
  rows: R[];
}

/** `of` names the list; another list begins anew. While `fresh` is undefined, what was shown stays. */
export function useSteady<R extends Named>(of: string, fresh: R[] | undefined): Steady<R> & { settle: () => void } {
  const [held, setHeld] = useState<Held<R>>({ of: "", fresh: NONE, rows: NONE });
  let now = held;
  if (fresh && (held.of !== of || held.fresh !== fresh)) {
    now = { of, fresh, rows: held.of === of ? merged(held.rows, fresh) : fresh };
    setHeld(now);
  }
  const steady = useMemo(() => compared(now.rows, now.fresh), [now]);
  return { ...steady, settle: () => setHeld((before) => ({ ...before, rows: before.fresh })) };
}
