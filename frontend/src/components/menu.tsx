/** A button that opens a small panel of links and choices; Escape, a click elsewhere or leaving it close it. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { cx } from "./cx";

interface MenuProps {
  label: ReactNode;
  /** For the button; its words must be in `label`. */
  className?: string;
  /** The size of the panel, and where it stands. */
  panelClass?: string;
  children: (close: () => void) => ReactNode;
}

const PANEL = "absolute end-0 w-72 max-w-[calc(100vw-2rem)] p-2";

export function Menu({ label, className, panelClass = PANEL, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();
  useEffect(() => {
    if (!isOpen) return;
    const outside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [isOpen]);
  return (
    <div
      ref={root}
      className="relative"
      onBlur={(event) => !root.current?.contains(event.relatedTarget) && event.relatedTarget && setOpen(false)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        className={className}
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      <div
        id={panel}
        hidden={!isOpen}
        className={cx("z-30 mt-2 rounded-surface border border-line bg-surface shadow-float", panelClass)}
      >
        {isOpen && children(() => setOpen(false))}
      </div>
    </div>
  );
}
