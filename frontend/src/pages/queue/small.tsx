/** A choice in the size of a desk. */
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { controlClass } from "@/components/field";
import { cx } from "@/components/cx";

interface SmallProps {
  /** Its name, where no label has this id. */
  label?: string;
  id?: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
  children: ReactNode;
}

export function Small({ label, id, value, onChange, className, children }: SmallProps) {
  return (
    <span className={cx("relative block", className)}>
      <select
        id={id}
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={controlClass(false, "h-9 appearance-none ps-2.5 pe-8 !text-sm")}
      >
        {children}
      </select>
      <ChevronDown className="pointer-events-none absolute end-2.5 top-2.5 size-4 text-muted" aria-hidden />
    </span>
  );
}
