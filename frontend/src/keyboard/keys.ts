/** Which shortcut a press of a key means: single keys (`a`, `?`) and two in a row (`g c`). */

export interface Shortcut {
  /** As typed: `"a"`, `"?"`, `"["`, or `"g c"` for one after the other. */
  keys: string;
  /** What it does, in the reader's language, for the list of shortcuts. */
  label: string;
  run: () => void;
  /** false while it does nothing; it is not listed then. */
  when?: boolean;
  /** Under which heading it is listed; without one, under the page's. */
  group?: string;
}

/** How long the second key is waited for. */
const PATIENCE_MS = 1200;

interface Pressed {
  key: string;
  code: string;
}

/** The letter of the key also where the keyboard writes another script, such as Devanagari. */
export function keyOf({ key, code }: Pressed): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const isLatin = /^[\x20-\x7e]$/.test(key);
  return !isLatin && letter && key.length === 1 ? letter.toLowerCase() : key;
}

/** Remembers the first key of two. */
export class Typist {
  private first = "";
  private until = 0;

  /** The shortcut that this press completes; of several with the same keys, the last. */
  press(key: string, now: number, shortcuts: readonly Shortcut[]): Shortcut | undefined {
    const typed = this.first && now < this.until ? `${this.first} ${key}` : key;
    const found = shortcuts.findLast(({ keys }) => keys === typed);
    const isFirst = shortcuts.some(({ keys }) => keys.startsWith(`${key} `));
    this.first = !found && isFirst ? key : "";
    this.until = now + PATIENCE_MS;
    return found;
  }
}

/** By heading, in the order in which they were given. */
export function grouped(shortcuts: readonly Shortcut[], rest: string): [string, Shortcut[]][] {
  const groups = new Map<string, Shortcut[]>();
  for (const each of shortcuts) {
    const group = groups.get(each.group ?? rest) ?? [];
    if (!group.some(({ keys }) => keys === each.keys)) group.push(each);
    groups.set(each.group ?? rest, group);
  }
  return [...groups];
}
