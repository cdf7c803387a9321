/** What an action on many claims is called: in the catalogue's words, or by the names that the definitions give it. */

export function nameOf(t: { of: (key: string, fallback: string) => string }, action: string, labels: string[]): string {
  return t.of(`action.${action}`, labels.join(" / "));
}
