/** What a desk remembers of its looks, by name and as numbers only, in one cookie of this browser. */
import { useSyncExternalStore } from "react";

const COOKIE = "insurenz-desk";
const YEAR = 365 * 24 * 60 * 60;
const listeners = new Set<() => void>();

/** `split-58.keys-0` */
export function read(cookies: string): Map<string, number> {
  const value = new RegExp(`(?:^|; )${COOKIE}=([^;]*)`).exec(cookies)?.[1] ?? "";
  const pairs = value.split(".").map((part) => part.split("-"));
  return new Map(pairs.flatMap(([name, number]) => (name && number && /^\d+$/.test(number) ? [[name, Number(number)]] : [])));
}

export function remember(name: string, value: number): void {
  const all = read(document.cookie).set(name, Math.round(value));
  const text = [...all].map(([key, number]) => `${key}-${number}`).join(".");
  document.cookie = `${COOKIE}=${text}; path=/app; max-age=${YEAR}; samesite=lax`;
  for (const listener of listeners) listener();
}

/** A small whole number, the same for all that ask for this name: `[value, remember]`. */
export function useRemembered(name: string, otherwise: number): [number, (value: number) => void] {
  const value = useSyncExternalStore(subscribe, () => read(document.cookie).get(name) ?? otherwise);
  return [value, (next) => remember(name, next)];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
