/** A surface with a border, and its heading. */
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";

export function Card({ className, ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={cx("rounded-surface border border-line bg-surface p-4 sm:p-5", className)} />;
}

interface SectionProps {
  id: string;
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A part of a page under its own h2. */
export function Section({ id, title, aside, children, className }: SectionProps) {
  return (
    <section aria-labelledby={id} className={cx("flex flex-col gap-3", className)}>
      <div className="flex items-baseline justify-between gap-4">
        <h2 id={id} className="text-lg">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
