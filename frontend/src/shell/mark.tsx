/** The logo: an arc that shelters a check. One colour, that of the text around it. */
import { cx } from "@/components/cx";

export function Mark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      className={cx("size-7", className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d="M4 17.5a12 12 0 0 1 24 0" />
      <path d="m10 20.5 5 5 8-9" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="flex items-center gap-2 text-brand">
      <Mark />
      {/* oxlint-disable-next-line react/jsx-no-literals -- the name is the same in every language */}
      <span className="text-lg font-bold tracking-tight text-ink">Insurenz</span>
    </span>
  );
}
