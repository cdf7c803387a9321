/** What a browser calls itself, in a word that people know; empty when it cannot be told. */

// The first that fits: nearly all of them also call themselves by an older one's name.
const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|Chromium\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

export const browserOf = (agent: string) => first(BROWSERS, agent);
export const systemOf = (agent: string) => first(SYSTEMS, agent);

function first(names: [RegExp, string][], agent: string): string {
  return names.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
}
