/** A list that is read anew keeps its order: rows change where they stand, and what is new waits to be shown. */

export interface Named {
  id: string;
}

export interface Steady<R extends Named> {
  rows: R[];
  /** No longer among what was read last. */
  gone: ReadonlySet<string>;
  /** How many others there are, above or between. */
  added: number;
}

/** Those that follow the last row both have in common stand below all others, and can be added without moving any. */
export function merged<R extends Named>(shown: R[], fresh: R[]): R[] {
  if (shown.length === 0) return fresh;
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const known = new Set(shown.map(({ id }) => id));
  const end = fresh.findLastIndex(({ id }) => known.has(id));
  const below = end < 0 ? [] : fresh.slice(end + 1);
  return [...shown.map((row) => byId.get(row.id) ?? row), ...below];
}

export function compared<R extends Named>(rows: R[], fresh: R[]): Steady<R> {
  const now = new Set(fresh.map(({ id }) => id));
  const known = new Set(rows.map(({ id }) => id));
  const gone = new Set(rows.filter(({ id }) => !now.has(id)).map(({ id }) => id));
  return { rows, gone, added: fresh.filter(({ id }) => !known.has(id)).length };
}
