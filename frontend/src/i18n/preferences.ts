/** The reader's language and theme, kept in two cookies that the server reads so that the first paint is right; and, in a
third, that the demo's hints were put away. */
import { useSyncExternalStore } from "react";

export const LANGUAGES = ["en", "hi"] as const;
export const THEMES = ["system", "light", "dark"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Theme = (typeof THEMES)[number];

const YEAR = 365 * 24 * 60 * 60;
const listeners = new Set<() => void>();

export function currentLanguage(): Language {
  return document.documentElement.lang === "hi" ? "hi" : "en";
}

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return THEMES.find((known) => known === theme) ?? "system";
}

export function setLanguage(language: Language): void {
  document.documentElement.lang = language;
  remember("insurenz-language", language);
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  remember("insurenz-theme", theme);
}

export function hideHints(): void {
  remember("insurenz-hints", "off");
}

export function useHasHints(): boolean {
  return useSyncExternalStore(subscribe, () => !document.cookie.includes("insurenz-hints=off"), () => false);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage, () => "en" as const);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme, () => "system" as const);
}

function remember(name: string, value: string): void {
  document.cookie = `${name}=${value}; path=/app; max-age=${YEAR}; samesite=lax`;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
