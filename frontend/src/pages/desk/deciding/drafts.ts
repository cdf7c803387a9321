/** What was written in the forms of a claim's actions: kept until it is sent, whatever else happens on the page. */
import { useState } from "react";
import { NOTHING, type Written } from "./decision";

export interface Drafts {
  of: (action: string) => Written;
  write: (action: string, change: (before: Written) => Written) => void;
  drop: (action: string) => void;
}

export function useDrafts(): Drafts {
  const [all, setAll] = useState<Record<string, Written>>({});
  return {
    of: (action) => all[action] ?? NOTHING,
    write: (action, change) => setAll((before) => ({ ...before, [action]: change(before[action] ?? NOTHING) })),
    drop: (action) => setAll((before) => Object.fromEntries(Object.entries(before).filter(([name]) => name !== action))),
  };
}
