/** The states of a workflow and the acts between them, drawn; the table below says the same in words. */
import { useMemo, useState } from "react";
import { cx } from "@/components/cx";
import { useText } from "@/i18n/text";
import { Sideways } from "../parts/sideways";
import type { Workflow } from "../queries";
import { ASIDE, type Drawn, actionWidth, drawn, stateWidth } from "./geometry";
import { type Node, layout } from "./layout";
import { PHASES, isFinal } from "./machine";
import { messages } from "./messages";
import { useWorkflowWords } from "./words";

const HUES: Record<string, string> = {
  intake: "fill-review-tint stroke-review",
  review: "fill-review-tint stroke-review",
  answered: "fill-review-tint stroke-review",
  waiting: "fill-waiting-tint stroke-waiting",
  decided: "fill-brand-tint stroke-brand",
  disputed: "fill-disputed-tint stroke-disputed",
  closed: "fill-closed-tint stroke-closed",
};
const SMALLEST = 0.82;
const FILERS = new Set(["policyholder", "hospital_user"]);

export function Diagram({ workflow }: { workflow: Workflow }) {
  const t = useText(messages);
  const words = useWorkflowWords();
  const [active, setActive] = useState<string | null>(null);
  const placed = useMemo(
    () => layout(workflow, (id, flow) => (flow ? actionWidth(words.act(flow.label), words.roles(flow.roles)) : widthOf(workflow, id, words))),
    [workflow, words],
  );
  const figure = useMemo(() => drawn(placed), [placed]);
  const isLit = (node: Node) => active === null || node.flow?.sources.includes(active) || node.flow?.to === active || node.id === active;
  return (
    <figure className="flex flex-col gap-3">
      <Sideways label={t("diagram")} className="p-2">
        <svg
          role="img"
          aria-label={t("diagram.of", { title: workflow.title })}
          viewBox={`0 0 ${figure.width} ${figure.height}`}
          // Made a little smaller where that saves moving it sideways.
          style={{ width: `clamp(${figure.width * SMALLEST}px, 100%, ${figure.width}px)` }}
          className="mx-auto block h-auto max-w-none"
        >
          <Bands workflow={workflow} figure={figure} />
          <Ways figure={figure} isLit={isLit} />
          {placed.nodes.map((node) => (
            <g key={node.id} className={cx("transition-opacity", !isLit(node) && node.kind === "action" && "opacity-25")}>
              {node.kind === "start" && <circle cx={node.x + ASIDE} cy={rowMiddle(figure, node)} r={9} className="fill-ink" />}
              {node.kind === "state" && <StateBox node={node} workflow={workflow} figure={figure} onPoint={setActive} />}
              {node.kind === "action" && <ActionLabel node={node} figure={figure} />}
            </g>
          ))}
        </svg>
      </Sideways>
      <Legend />
    </figure>
  );
}

function widthOf(workflow: Workflow, code: string, words: ReturnType<typeof useWorkflowWords>): number {
  const state = workflow.states.find((each) => each.code === code);
  return state ? stateWidth(words.state(state.labels.staff ?? code), code, words.clock(state.clock)) : 0;
}

function rowMiddle({ rows }: Drawn, { rank }: Node): number {
  const row = rows[rank];
  return row ? row.y + row.height / 2 : 0;
}

/** Phases, as bands behind their states. */
function Bands({ workflow, figure }: { workflow: Workflow; figure: Drawn }) {
  const words = useWorkflowWords();
  const used = PHASES.filter((phase) => workflow.states.some((state) => state.phase === phase));
  return used.map((phase, at) => {
    const row = figure.rows[2 + 2 * at];
    if (!row) return null;
    return (
      <g key={phase}>
        <rect x={0} y={row.y - 6} width={figure.width} height={row.height + 12} rx={8} className="fill-sunken" />
        <text x={14} y={row.y + row.height / 2 + 4} className="fill-muted text-xs font-semibold">
          {words.phase(phase)}
        </text>
      </g>
    );
  });
}

/** What filers do is dashed and of the brand's colour, what staff do plain. */
function Ways({ figure, isLit }: { figure: Drawn; isLit: (node: Node) => boolean }) {
  const looks = (roles: string[]) => (isFilers(roles) ? "stroke-brand [stroke-dasharray:6_4]" : "stroke-muted");
  return (
    <g fill="none" strokeWidth={1.5}>
      {figure.passes.map(({ id, node, path }) => (
        <path key={id} d={path} className={cx(looks(node.flow?.roles ?? []), "transition-opacity", !isLit(node) && "opacity-15")} />
      ))}
      {figure.lines.map(({ id, piece, path, hasArrow }) => {
        const isOn = isLit({ ...piece.from, flow: piece.flow, id: "" });
        return (
          <g key={id} className={cx("transition-opacity", !isOn && "opacity-15")}>
            <path d={path} className={looks(piece.flow.roles)} />
            {hasArrow && <Arrow path={path} isDown={piece.from.rank < piece.to.rank} isFilers={isFilers(piece.flow.roles)} />}
          </g>
        );
      })}
    </g>
  );
}

function Arrow({ path, isDown, isFilers: ofFilers }: { path: string; isDown: boolean; isFilers: boolean }) {
  const [x = 0, y = 0] = path.split(/[\sC]/).slice(-2).map(Number);
  const tip = isDown ? 7 : -7;
  return <path d={`M${x - 4.5} ${y}h9l-4.5 ${tip}z`} stroke="none" className={ofFilers ? "fill-brand" : "fill-muted"} />;
}

function isFilers(roles: string[]): boolean {
  return roles.length > 0 && roles.every((role) => FILERS.has(role));
}

interface StateBoxProps {
  node: Node;
  workflow: Workflow;
  figure: Drawn;
  onPoint: (code: string | null) => void;
}

/** What is pointed at shows its own ways alone. */
function StateBox({ node, workflow, figure, onPoint }: StateBoxProps) {
  const words = useWorkflowWords();
  const state = workflow.states.find(({ code }) => code === node.id);
  const row = figure.rows[node.rank];
  if (!state || !row) return null;
  const x = node.x + ASIDE;
  const left = x - node.width / 2;
  return (
    <g onPointerEnter={() => onPoint(node.id)} onPointerLeave={() => onPoint(null)}>
      <rect x={left} y={row.y} width={node.width} height={row.height} rx={8} strokeWidth={1.5} className={HUES[state.phase] ?? HUES.closed} />
      {isFinal(workflow, node.id) && (
        <rect x={left + 4} y={row.y + 4} width={node.width - 8} height={row.height - 8} rx={5} fill="none" className={cx(HUES[state.phase], "fill-none")} />
      )}
      <g textAnchor="middle">
        <text x={x} y={row.y + 22} className="fill-ink text-sm font-semibold">
          {words.state(state.labels.staff ?? state.code)}
        </text>
        <text x={x} y={row.y + 37} className="fill-muted font-mono text-[11px]">
          {state.code}
        </text>
        <text x={x} y={row.y + 52} className="fill-muted text-[11px]">
          {words.clock(state.clock)}
        </text>
      </g>
    </g>
  );
}

function ActionLabel({ node, figure }: { node: Node; figure: Drawn }) {
  const words = useWorkflowWords();
  const row = figure.rows[node.rank];
  if (!row || !node.flow) return null;
  const x = node.x + ASIDE;
  const hue = isFilers(node.flow.roles) ? "stroke-brand" : "stroke-control";
  return (
    <g textAnchor="middle">
      <rect x={x - node.width / 2} y={row.y} width={node.width} height={row.height} rx={row.height / 2} className={cx("fill-surface", hue)} />
      <text x={x} y={row.y + 16} className="fill-ink text-xs font-semibold">
        {words.act(node.flow.label)}
      </text>
      <text x={x} y={row.y + 29} className="fill-muted text-[11px]">
        {words.roles(node.flow.roles)}
      </text>
    </g>
  );
}

function Legend() {
  const t = useText(messages);
  return (
    <figcaption className="flex flex-wrap gap-x-6 gap-y-1 text-muted">
      <span className="flex items-center gap-2">
        <svg width="32" height="8" aria-hidden className="stroke-muted" strokeWidth="1.5">
          <path d="M0 4H32" />
        </svg>
        {t("legend.staff")}
      </span>
      <span className="flex items-center gap-2">
        <svg width="32" height="8" aria-hidden className="stroke-brand [stroke-dasharray:6_4]" strokeWidth="1.5">
          <path d="M0 4H32" />
        </svg>
        {t("legend.filers")}
      </span>
      <span>{t("legend.point")}</span>
    </figcaption>
  );
}
