/** The keys of a shortcut beside what it does; gone while shortcuts are switched off, and on devices without keys. */
import { cx } from "@/components/cx";
import { useShortcutsOn } from "./shortcuts";

interface KbdProps {
  keys: string;
  className?: string;
  /** On a filled button, where lines take the colour of its text. */
  onFill?: boolean;
}

export function Kbd({ keys, className, onFill = false }: KbdProps) {
  const [isOn] = useShortcutsOn();
  return isOn ? <Keys keys={keys} className={cx("no-print pointer-coarse:hidden", className)} onFill={onFill} /> : null;
}

/** The keys themselves, whether they are on or not. The name of what they do is told elsewhere. */
export function Keys({ keys, className, onFill = false }: KbdProps) {
  const looks = onFill ? "border-current" : "border-control text-muted";
  return (
    <span className={cx("inline-flex gap-1", className)} aria-hidden>
      {keys.split(" ").map((key) => (
        <kbd key={key} className={cx("inline-flex h-5 min-w-5 items-center justify-center rounded-control border px-1 font-sans text-xs font-medium", looks)}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
