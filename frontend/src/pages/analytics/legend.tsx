/** What the colours of a chart stand for; its screen readers have the description and the table. */
export interface LegendItem {
  /** A fill, and an outline where it is a pale one. */
  fill: string;
  label: string;
}

export function Legend({ items }: { items: LegendItem[] }) {
  return (
    <ul aria-hidden className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {items.map(({ fill, label }) => (
        <li key={label} className="flex items-center gap-1.5">
          <svg width={12} height={12} className="shrink-0">
            <rect x={0.5} y={0.5} width={11} height={11} rx={2} className={fill} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
