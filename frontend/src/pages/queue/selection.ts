/** Which rows are chosen: one by one, or from one to another. */

export interface Selection {
  ids: ReadonlySet<string>;
  /** From where a range begins: the row that was chosen last. */
  anchor: string | null;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null };

export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** All from the anchor to this row become what this row becomes. */
export function ranged(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = order.indexOf(selection.anchor ?? "");
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggled(selection, id);
  const next = new Set(selection.ids);
  const isOn = !next.has(id);
  for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (isOn) next.add(each);
    else next.delete(each);
  }
  return { ids: next, anchor: id };
}

/** All of them; none when all were. */
export function allOf(selection: Selection, order: readonly string[]): Selection {
  const isAll = order.every((id) => selection.ids.has(id));
  return { ids: new Set(isAll ? [] : order), anchor: null };
}
