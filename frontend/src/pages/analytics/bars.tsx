/** Bars that lie, each with its words above it: one inside the other, the palest being the longest. */
import { cx } from "@/components/cx";
import { Legend, type LegendItem } from "./legend";

/** From the longest to the shortest. */
export const LAYERS = ["fill-chart-1/15 stroke-chart-1", "fill-chart-2 stroke-surface", "fill-chart-1"] as const;
export const PALE = LAYERS[0];
export const STRONG = LAYERS[2];

export interface Bar {
  key: string;
  label: string;
  /** What stands at its end. */
  says: string;
  /** Sizes of the same scale, each with its fill, the longest first. */
  layers: { size: number; fill: string }[];
}

interface BarsProps {
  bars: Bar[];
  description: string;
  legend?: LegendItem[];
  /** What a bar of full length stands for; the longest one if absent. */
  full?: number;
  /** Words, bar and end in one line where there is room: for short words. */
  isCompact?: boolean;
}

const THICK = 14;
const COMPACT = "sm:grid sm:grid-cols-[11rem_1fr_2rem] sm:items-center sm:gap-x-4";

export function Bars({ bars, description, legend, full, isCompact = false }: BarsProps) {
  const longest = full ?? Math.max(...bars.flatMap((bar) => bar.layers.map((layer) => layer.size)), 1);
  return (
    <figure className="flex flex-col gap-4">
      <div role="img" aria-label={description} className="flex flex-col gap-3">
        {bars.map((bar) => (
          <div key={bar.key} className={cx("flex flex-col gap-1", isCompact && COMPACT)}>
            <p className={cx("flex flex-wrap justify-between gap-x-4", isCompact && "sm:contents")}>
              <span>{bar.label}</span>
              <data className="text-muted sm:order-3 sm:text-end">{bar.says}</data>
            </p>
            <svg width="100%" height={THICK + 2} className="block overflow-visible sm:order-2">
              <line x1={0} x2={0} y1={0} y2={THICK + 2} className="stroke-control" />
              {bar.layers.map(({ size, fill }, index) => (
                <rect
                  key={fill}
                  x={0}
                  y={1 + index}
                  width={`${Math.min(100, (size / longest) * 100)}%`}
                  height={Math.max(THICK - 2 * index, 1)}
                  rx={2}
                  className={fill}
                />
              ))}
            </svg>
          </div>
        ))}
      </div>
      {legend && <Legend items={legend} />}
    </figure>
  );
}
