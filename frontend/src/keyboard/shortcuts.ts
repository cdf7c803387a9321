/** Shortcuts of pages: `useShortcuts([{ keys: "g c", label, run, when }])`. One listener; silent while somebody types. */
import { useLayoutEffect, useRef } from "react";
import { type Shortcut, Typist, keyOf } from "./keys";
import { read, useRemembered } from "./remembered";

const typist = new Typist();
const layers = new Set<{ readonly current: readonly Shortcut[] }>();

/** The shortcuts of a part of a page as soon and as long as it is shown; inner ones go before outer ones. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const layer = useRef(shortcuts);
  useLayoutEffect(() => {
    layer.current = shortcuts;
  });
  useLayoutEffect(() => {
    if (layers.size === 0) document.addEventListener("keydown", hear);
    layers.add(layer);
    return () => {
      layers.delete(layer);
      if (layers.size === 0) document.removeEventListener("keydown", hear);
    };
  }, []);
}

/** Whether single keys do something, and the switch for it: for whoever speaks to the machine, or slips. */
export function useShortcutsOn(): [boolean, (on: boolean) => void] {
  const [on, set] = useRemembered("keys", 1);
  return [on === 1, (next) => set(next ? 1 : 0)];
}

/** All that do something now. */
export function activeShortcuts(): Shortcut[] {
  return [...layers].flatMap(({ current }) => current).filter(({ when }) => when !== false);
}

function hear(event: KeyboardEvent): void {
  if (isElsewhere(event) || read(document.cookie).get("keys") === 0) return;
  const found = typist.press(keyOf(event), event.timeStamp, activeShortcuts());
  if (!found) return;
  event.preventDefault();
  found.run();
}

/** Somebody types, commands the browser, or answers a dialog. */
function isElsewhere(event: KeyboardEvent): boolean {
  const { target, ctrlKey, metaKey, altKey } = event;
  if (event.defaultPrevented || event.isComposing || event.repeat || ctrlKey || metaKey || altKey) return true;
  if (document.querySelector("dialog[open]")) return true;
  return target instanceof HTMLElement && takesText(target);
}

function takesText(target: HTMLElement): boolean {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}
