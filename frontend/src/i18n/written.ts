/** Fills a message: `{name}`, and `{count, plural, one {# file} other {# files}}`, a small part of ICU's format. */
export type Values = Record<string, string | number>;

const PLURAL = /\{(\w+), plural,((?: (?:=\d+|zero|one|two|few|many|other) \{[^{}]*\})+)\}/g;
const FORM = /(=\d+|zero|one|two|few|many|other) \{([^{}]*)\}/g;
const PLACE = /\{(\w+)\}/g;

export function written(message: string, language: string, values: Values = {}): string {
  return message
    .replace(PLURAL, (_, name: string, forms: string) => counted(Number(values[name]), forms, language))
    .replace(PLACE, (place, name: string) => String(values[name] ?? place));
}

function counted(count: number, forms: string, language: string): string {
  const byForm = new Map([...forms.matchAll(FORM)].map((match) => [match[1], match[2] ?? ""]));
  const form = byForm.get(`=${count}`) ?? byForm.get(rulesOf(language).select(count)) ?? byForm.get("other");
  return (form ?? "").replace("#", () => numbersOf(language).format(count));
}

const rulesOf = kept((language) => new Intl.PluralRules(language));
const numbersOf = kept((language) => new Intl.NumberFormat(`${language}-IN`));

/** One for each language: to make one takes long. */
function kept<T>(make: (language: string) => T): (language: string) => T {
  const made = new Map<string, T>();
  return (language) => {
    const found = made.get(language) ?? make(language);
    made.set(language, found);
    return found;
  };
}
