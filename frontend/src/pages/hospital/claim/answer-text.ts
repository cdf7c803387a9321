/** What is sent as the answer: item by item the files and the note, then the free words. */
import type { PickedFile } from "@/uploads/upload-list";

/** Which of a form's files belong to an item. */
export function slotOf(item: number): string {
  return `item-${item}`;
}

/** The field for a note on an item. */
export function noteOf(item: number): string {
  return `note_${item}`;
}

export function filesOf(item: number, files: readonly PickedFile[]): string[] {
  return files.filter(({ slot, state }) => slot === slotOf(item) && state === "done").map(({ name }) => name);
}

export function answerText(
  items: readonly string[],
  values: Readonly<Record<string, string>>,
  files: readonly PickedFile[],
  words: string,
): string {
  const lines = items.map((item, index) => {
    const said = [filesOf(index, files).join(", "), (values[noteOf(index)] ?? "").trim()].filter(Boolean);
    return `${item}: ${said.join("; ")}`;
  });
  return [lines.join("\n"), words.trim()].filter(Boolean).join("\n\n");
}
