/** Stacked columns: how the claims of each day, week or month stand. Our own SVG, drawn in the width that there is. */
import { useEffect, useRef, useState } from "react";
import { useFormat } from "@/i18n/format";
import { useText } from "@/i18n/text";
import { Legend } from "./legend";
import { messages } from "./messages";
import type { ClaimsOverTime } from "./queries";
import { type Column, PHASES, type Phase, columnsOf, labelEvery, ticks } from "./scales";

const HEIGHT = 260;
const EDGE = { top: 10, bottom: 26, start: 36, end: 8 };
const LABEL = 68;
const WIDEST = 56;

export const FILLS: Record<Phase, string> = {
  intake: "fill-chart-1",
  review: "fill-chart-2",
  waiting: "fill-chart-3",
  answered: "fill-chart-4",
  decided: "fill-chart-5",
  disputed: "fill-chart-6",
  closed: "fill-chart-7",
};

export function Columns({ data, description }: { data: ClaimsOverTime; description: string }) {
  const t = useText(messages);
  const [frame, width] = useWidth();
  const columns = columnsOf(data);
  const shown = PHASES.filter((phase) => data.items.some((item) => item.status_group === phase));
  return (
    <figure className="flex flex-col gap-3">
      <div ref={frame} className="w-full overflow-hidden">
        {/* Before it is measured it takes its place already. */}
        <svg role="img" aria-label={description} width={width} height={HEIGHT} className="block text-xs">
          {width > 0 && <Drawing data={data} columns={columns} width={width} />}
        </svg>
      </div>
      <Legend items={shown.map((phase) => ({ fill: FILLS[phase], label: t(`phase.${phase}`) }))} />
    </figure>
  );
}

function Drawing({ data, columns, width }: { data: ClaimsOverTime; columns: Column[]; width: number }) {
  const marks = ticks(Math.max(...columns.map((column) => column.total)));
  const most = marks.at(-1) ?? 1;
  const bottom = HEIGHT - EDGE.bottom;
  const y = (value: number) => bottom - (value / most) * (bottom - EDGE.top);
  const room = (width - EDGE.start - EDGE.end) / columns.length;
  const bar = Math.min(WIDEST, Math.max(1, room * 0.72));
  const x = (index: number) => EDGE.start + room * (index + 0.5);
  const every = labelEvery(columns.length, width - EDGE.start, LABEL);
  return (
    <>
      <Grid marks={marks} y={y} width={width} />
      {columns.map((column, index) => (
        <g key={column.starts}>
          <Stack column={column} bucket={data.bucket} x={x(index) - bar / 2} width={bar} y={y} />
          {index % every === 0 && <Label column={column} bucket={data.bucket} x={x(index)} />}
        </g>
      ))}
    </>
  );
}

function Grid({ marks, y, width }: { marks: number[]; y: (value: number) => number; width: number }) {
  const format = useFormat();
  return marks.map((mark) => (
    <g key={mark}>
      <line x1={EDGE.start} x2={width} y1={y(mark)} y2={y(mark)} className={mark ? "stroke-line" : "stroke-control"} />
      <text x={EDGE.start - 8} y={y(mark)} dy="0.32em" textAnchor="end" className="fill-muted">
        {format.number(mark)}
      </text>
    </g>
  ));
}

interface PlaceProps {
  column: Column;
  bucket: ClaimsOverTime["bucket"];
  x: number;
}

function Stack({ column, bucket, x, width, y }: PlaceProps & { width: number; y: (value: number) => number }) {
  const t = useText(messages);
  const format = useFormat();
  return column.parts.map(({ phase, from, count }) => (
    <rect
      key={phase}
      x={x}
      y={y(from + count)}
      width={width}
      height={y(from) - y(from + count)}
      className={`${FILLS[phase]} stroke-surface`}
      strokeWidth={width > 6 ? 1 : 0}
    >
      <title>{`${bucketName(format, bucket, column.starts)}, ${t(`phase.${phase}`)}: ${format.number(count)}`}</title>
    </rect>
  ));
}

function Label({ column, bucket, x }: PlaceProps) {
  const format = useFormat();
  return (
    <text x={x} y={HEIGHT - 8} textAnchor="middle" className="fill-muted">
      {bucketName(format, bucket, column.starts)}
    </text>
  );
}

/** A day or the first of a week, "2 Nov"; a month, "Nov 2026". */
export function bucketName(format: ReturnType<typeof useFormat>, bucket: ClaimsOverTime["bucket"], starts: string): string {
  return bucket === "month" ? format.month(starts) : format.shortDay(starts);
}

function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}
