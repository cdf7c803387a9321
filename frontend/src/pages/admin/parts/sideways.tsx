/** What is wider than narrow screens: it is moved sideways, by keyboard, too. */
import type { ReactNode } from "react";
import { cx } from "@/components/cx";

export function Sideways({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it the keyboard could not scroll
    <div role="group" aria-label={label} tabIndex={0} className={cx("overflow-x-auto rounded-surface border border-line bg-surface", className)}>
      {children}
    </div>
  );
}
