/** The message catalogue: every string of the app stands in a `messages.ts`, English and Hindi side by side. */
import { useMemo } from "react";
import { type Language, useLanguage } from "./preferences";
import { type Values, written } from "./written";

export type Catalogue<Key extends string> = Record<Language, Record<Key, string>>;

export interface Text<Key extends string> {
  (key: Key, values?: Values): string;
  /** The words for a code of the API, or those that the API gives itself when the catalogue has none. */
  of: (key: string, fallback: string) => string;
}

/** A catalogue of one area; the compiler refuses a key that one language lacks. */
export function messages<const Key extends string>(
  catalogue: { en: Record<Key, string>; hi: Record<NoInfer<Key>, string> },
): Catalogue<Key> {
  return catalogue;
}

/** `const t = useText(messages)`, then `t("key")` or `t("key", { name })`. */
export function useText<Key extends string>(catalogue: Catalogue<Key>): Text<Key> {
  const language = useLanguage();
  return useMemo(() => textIn(language, catalogue), [language, catalogue]);
}

export function textIn<Key extends string>(language: Language, catalogue: Catalogue<Key>): Text<Key> {
  const texts: Record<string, string> = catalogue[language];
  const t = (key: Key, values?: Values) => written(texts[key] ?? key, language, values);
  return Object.assign(t, { of: (key: string, fallback: string) => texts[key] ?? fallback });
}
