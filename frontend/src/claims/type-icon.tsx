/** The picture of a claim's or policy's type. */
import { Car, HeartPulse, House, type LucideIcon, Plane, ReceiptText } from "lucide-react";
import { cx } from "@/components/cx";

export const TYPE_ICONS: Record<string, LucideIcon> = { medical: HeartPulse, vehicle: Car, property: House, travel: Plane };

export function TypeIcon({ type, className }: { type: string; className?: string }) {
  const Icon = TYPE_ICONS[type] ?? ReceiptText;
  return (
    <span className={cx("flex size-10 shrink-0 items-center justify-center rounded-surface bg-brand-tint text-brand", className)}>
      <Icon className="size-5" aria-hidden />
    </span>
  );
}
