/** Which fields an action takes as words, what must be said in them, and what is sent. */
import { needed, z } from "@/components/rules";
import type { Text } from "@/i18n/text";
import type { PickedFile, UploadList } from "@/uploads/upload-list";
import { answerText, filesOf, noteOf } from "./answer-text";
import type { messages } from "./messages";
import type { Offer } from "./to-do";

type Says = Text<keyof (typeof messages)["en"]>;

const FILES = new Set(["files", "upload_ids"]);
const MOST = 5000;

/** Required ones first: the first of them is the answer. */
export function textFields({ requires, optional }: Offer): string[] {
  return [...requires, ...optional].filter((name) => !FILES.has(name));
}

/** Each thing that is missing needs a file or a word; where nothing is named, the answer itself is needed. */
export function answerSchema(offer: Offer, items: readonly string[], uploads: UploadList, t: Says) {
  const short = z.string().check(z.maxLength(MOST, t("long")));
  const notes = items.map((item, index) => {
    const isAnswered = (note: string) => note.trim() !== "" || filesOf(index, uploads.all()).length > 0;
    return [noteOf(index), short.check(z.refine(isAnswered, t("missing.item", { item })))] as const;
  });
  const texts = textFields(offer).map((name, place) => {
    const isNeeded = offer.requires.includes(name) && !(place === 0 && items.length > 0);
    const asked = t.of(`missing.${name}`, t("missing.text"));
    return [name, isNeeded ? needed(asked).check(z.maxLength(MOST, t("long"))) : short] as const;
  });
  return z.object(Object.fromEntries<z.ZodMiniString<string>>([...notes, ...texts]));
}

/** The words as the API takes them; an optional field that was left empty is not sent. */
export function sentFields(
  offer: Offer,
  items: readonly string[],
  values: Record<string, string>,
  files: readonly PickedFile[],
): Record<string, string> {
  const [answer = "", ...others] = textFields(offer);
  const said = others.map((name) => [name, (values[name] ?? "").trim()]).filter(([, text]) => text);
  return { ...Object.fromEntries(said), ...(answer && { [answer]: answerText(items, values, files, values[answer] ?? "") }) };
}
