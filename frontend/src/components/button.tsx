/** Buttons, and links that look like one. */
import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";
import { cx } from "./cx";

export type Variant = "primary" | "secondary" | "quiet" | "danger";
export type Size = "base" | "small" | "icon";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-brand text-on-brand hover:bg-brand-strong",
  secondary: "border border-control bg-surface text-ink hover:bg-sunken",
  quiet: "text-brand hover:bg-brand-tint",
  danger: "bg-negative text-surface hover:opacity-90",
};
const SIZES: Record<Size, string> = {
  base: "min-h-11 px-4 py-2 text-base",
  small: "min-h-9 px-3 py-1.5 text-sm",
  icon: "size-10 justify-center",
};

/** For what is not a button itself but should look like one, such as a file input's label. */
export function buttonClass(variant: Variant = "primary", size: Size = "base", className?: string): string {
  const shape = "inline-flex shrink-0 cursor-pointer items-center justify-center gap-2 rounded-control font-semibold transition-colors";
  return cx(shape, "aria-disabled:cursor-default aria-disabled:opacity-60", VARIANTS[variant], SIZES[size], className);
}

interface Looks {
  variant?: Variant;
  size?: Size;
  icon?: ReactNode;
}

type ButtonProps = ComponentProps<"button"> & Looks & { busy?: boolean };

/** While `busy` it keeps its place and focus, shows a spinner and does nothing. */
export function Button({ variant, size, icon, busy = false, className, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={buttonClass(variant, size, className)}
      aria-disabled={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    >
      {busy ? <LoaderCircle className="size-5 animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

export function LinkButton({ variant, size, icon, className, children, ...rest }: LinkProps & Looks) {
  return (
    <Link {...rest} className={buttonClass(variant, size, className)}>
      {icon}
      {children}
    </Link>
  );
}
