/** Names and values of one thing, and small marks of how it stands. */
import { CircleMinus, type LucideIcon, MailQuestion } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "@/components/card";
import { cx } from "@/components/cx";

export function Facts({ children }: { children: ReactNode }) {
  return (
    <Card>
      <dl className="grid gap-x-8 gap-y-2.5 sm:grid-cols-[minmax(7rem,auto)_1fr]">{children}</dl>
    </Card>
  );
}

/** Nothing is a dash. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="-mt-2.5 min-w-0 font-medium sm:mt-0">{children || "–"}</dd>
    </>
  );
}

const HUES = {
  waiting: "bg-waiting-tint text-waiting",
  review: "bg-review-tint text-review",
  positive: "bg-positive-tint text-positive",
  negative: "bg-negative-tint text-negative",
  closed: "bg-closed-tint text-closed",
};
export type Hue = keyof typeof HUES;

export function Mark({ hue, icon: Icon, children }: { hue: Hue; icon: LucideIcon; children: ReactNode }) {
  const shape = "inline-flex shrink-0 items-center gap-1.5 rounded-full py-0.5 ps-2 pe-2.5 font-medium whitespace-nowrap";
  return (
    <span className={cx(shape, HUES[hue])}>
      <Icon className="size-4" aria-hidden />
      {children}
    </span>
  );
}

/** Out of use. */
export function OffMark({ children }: { children: ReactNode }) {
  return (
    <Mark hue="closed" icon={CircleMinus}>
      {children}
    </Mark>
  );
}

export function InvitedMark({ children }: { children: ReactNode }) {
  return (
    <Mark hue="waiting" icon={MailQuestion}>
      {children}
    </Mark>
  );
}
