/** The fields of an action as the API takes them, from what was typed; what is empty is left out. */

export function bodyOf(values: Record<string, string>): Record<string, unknown> {
  const given = Object.entries(values).filter(([, value]) => value.trim());
  return Object.fromEntries(given.map(([name, value]) => [name, valueOf(name, value.trim())]));
}

function valueOf(name: string, value: string): unknown {
  if (name === "missing_documents") return value.split("\n").flatMap((line) => line.trim() || []);
  return name === "due_at" ? new Date(value).toISOString() : value;
}
