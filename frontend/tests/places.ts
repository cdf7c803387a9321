/** The names of a message's places. */
export function placesOf(message: string): string[] {
  const named = [...message.matchAll(/\{(\w+)(?=\}|, plural)/g)].map((match) => match[1] ?? "");
  // Words of a plural's forms stand in braces, too.
  const forms = new Set([...message.matchAll(/(?:one|other|=\d+) \{(\w+)\}/g)].map((match) => match[1]));
  return [...new Set(named)].filter((name) => !forms.has(name)).toSorted();
}
