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
  const form = byForm.get(`=${count}`) ?? byForm.get(new Intl.PluralRules(language).select(count)) ?? byForm.get("other");
  return (form ?? "").replace("#", new Intl.NumberFormat(`${language}-IN`).format(count));
}
