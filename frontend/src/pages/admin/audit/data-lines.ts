/** What an event records, as lines of name and value. */

/** Nested values are spelled as `outer.inner`; nothing is left out but what is empty. */
export function dataLines(data: Record<string, unknown>, prefix = ""): [string, string][] {
  return Object.entries(data).flatMap(([name, value]): [string, string][] => {
    const path = prefix + name;
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return [];
    if (Array.isArray(value)) return [[path, value.map(spelled).join(", ")]];
    if (typeof value === "object") return dataLines(value as Record<string, unknown>, `${path}.`);
    return [[path, spelled(value)]];
  });
}

function spelled(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
