/** Names and values side by side, as many in a row as there is room for. */
import type { ReactNode } from "react";
import { cx } from "@/components/cx";

export function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 text-sm">{title}</h3>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-x-6 gap-y-2.5">{children}</dl>
    </section>
  );
}

export function Fact({ name, isWide = false, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={cx("min-w-0", isWide && "col-span-full")}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="max-w-prose break-words whitespace-pre-line tabular-nums">{children}</dd>
    </div>
  );
}
