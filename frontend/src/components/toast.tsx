/** Short confirmations at the edge of the screen, read out politely; nothing that has to be acted on. */
import { CircleCheck } from "lucide-react";
import { useSyncExternalStore } from "react";

interface Toast {
  id: number;
  text: string;
}

const SHOWN_MS = 5000;
let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function toast(text: string): void {
  const id = ++lastId;
  change([...toasts, { id, text }]);
  setTimeout(() => change(toasts.filter((each) => each.id !== id)), SHOWN_MS);
}

function change(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div role="status" className="no-print pointer-events-none fixed inset-x-0 bottom-4 z-40 flex flex-col items-center gap-2 px-4">
      {shown.map(({ id, text }) => (
        <p key={id} className="flex items-center gap-2 rounded-surface bg-ink px-4 py-3 text-ground shadow-float">
          <CircleCheck className="size-5 shrink-0" aria-hidden />
          {text}
        </p>
      ))}
    </div>
  );
}
