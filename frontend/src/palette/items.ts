/** What the palette lists: things with a name, under a heading, that do something when they are chosen. */
import type { LucideIcon } from "lucide-react";

export interface Item {
  id: string;
  label: string;
  /** What stands smaller beside it. */
  aside?: string;
  icon: LucideIcon;
  run: () => void;
}

export interface Section {
  title: string;
  items: Item[];
}

/** Those whose words begin with all that was typed, in any order. */
export function fitting(items: Item[], typed: string): Item[] {
  const wanted = wordsOf(typed);
  return items.filter(({ label }) => {
    const words = wordsOf(label);
    return wanted.every((each) => words.some((word) => word.startsWith(each)));
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[\s:,.-]+/).filter(Boolean);
}

export function filled(sections: Section[]): Section[] {
  return sections.filter(({ items }) => items.length > 0);
}

/** The next place in a ring of so many. */
export function moved(at: number, by: number, count: number): number {
  return count === 0 ? 0 : (at + by + count) % count;
}
