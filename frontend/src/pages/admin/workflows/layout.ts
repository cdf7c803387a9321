/** Places the states and actions of a workflow: layers from top to bottom, few crossings, straight ways.

The way from a state to an action bends once in each layer between; ways to the same action share their bends. */
import { type Flow, START, flows, ranks } from "./machine";
import type { Workflow } from "../queries";

export interface Node {
  id: string;
  kind: "start" | "state" | "action" | "bend";
  rank: number;
  width: number;
  /** The middle. */
  x: number;
  flow: Flow | null;
}

/** A piece of a way between neighbouring layers, in the direction of the act. */
export interface Piece {
  from: Node;
  to: Node;
  flow: Flow;
}

export interface Layout {
  nodes: Node[];
  pieces: Piece[];
  width: number;
  rankCount: number;
}

const GAP = 20;
const ROUNDS = 24;

/** `widthOf` is the room that a state's or an action's words take. */
export function layout(workflow: Pick<Workflow, "states" | "transitions">, widthOf: (id: string, flow: Flow | null) => number): Layout {
  const graph = connect(workflow, widthOf);
  const layers = ordered(graph);
  place(layers, graph.pieces);
  const nodes = layers.flat();
  const left = Math.min(...nodes.map(({ x, width }) => x - width / 2));
  for (const node of nodes) node.x -= left;
  const width = Math.max(...nodes.map((node) => node.x + node.width / 2));
  return { nodes, pieces: graph.pieces, width, rankCount: layers.length };
}

interface Graph {
  nodes: Map<string, Node>;
  pieces: Piece[];
}

function connect(workflow: Pick<Workflow, "states" | "transitions">, widthOf: (id: string, flow: Flow | null) => number): Graph {
  const rankOf = ranks(workflow);
  const nodes = new Map<string, Node>();
  const pieces = new Map<string, Piece>();
  const add = (id: string, kind: Node["kind"], rank: number, flow: Flow | null, width: number) => {
    const known = nodes.get(id) ?? { id, kind, rank, flow, width, x: 0 };
    nodes.set(id, known);
    return known;
  };
  const join = (from: Node, to: Node, flow: Flow) => pieces.set(`${from.id}>${to.id}`, { from, to, flow });
  for (const [code, rank] of rankOf) add(code, code === START ? "start" : "state", rank, null, code === START ? 24 : widthOf(code, null));
  for (const flow of flows(workflow)) {
    const target = nodes.get(flow.to);
    if (!target) continue;
    const action = add(flow.id, "action", target.rank + (flow.isDown ? -1 : 1), flow, widthOf(flow.id, flow));
    join(action, target, flow);
    for (const source of flow.sources.flatMap((code) => nodes.get(code) ?? [])) {
      let last = source;
      const step = action.rank > source.rank ? 1 : -1;
      for (let rank = source.rank + step; rank !== action.rank; rank += step) {
        const bend = add(`${flow.id}@${rank}`, "bend", rank, flow, 12);
        join(last, bend, flow);
        last = bend;
      }
      join(last, action, flow);
    }
  }
  return { nodes, pieces: [...pieces.values()] };
}

/** Layers with their nodes from left to right: each goes to the middle of its neighbours, and the best order stays. */
function ordered({ nodes, pieces }: Graph): Node[][] {
  let layers: Node[][] = [];
  for (const node of nodes.values()) (layers[node.rank] ??= []).push(node);
  layers = Array.from(layers, (layer) => layer ?? []);
  const neighbours = byNode(pieces);
  let best = layers.map((layer) => [...layer]);
  for (let round = 0; round < ROUNDS; round++) {
    const downwards = round % 2 === 0;
    for (const layer of downwards ? layers : layers.toReversed()) sortByNeighbours(layer, layers, neighbours, downwards ? -1 : 1);
    if (crossings(layers, pieces) < crossings(best, pieces)) best = layers.map((layer) => [...layer]);
  }
  return best;
}

function sortByNeighbours(layer: Node[], layers: Node[][], neighbours: Map<Node, Node[]>, side: number): void {
  const [first] = layer;
  if (!first) return;
  const beside = layers[first.rank + side] ?? [];
  const placeOf = new Map(beside.map((node, at) => [node, at / Math.max(1, beside.length - 1)]));
  const wish = new Map(
    layer.map((node, at) => {
      const places = (neighbours.get(node) ?? []).flatMap((other) => placeOf.get(other) ?? []);
      const own = at / Math.max(1, layer.length - 1);
      return [node, places.length > 0 ? mean(places) : own];
    }),
  );
  layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
}

/** How often ways cross, which a reader has to untangle. */
export function crossings(layers: Node[][], pieces: Piece[]): number {
  const at = new Map(layers.flatMap((layer) => layer.map((node, index) => [node, index] as const)));
  const ends = pieces.map(({ from, to }) => (from.rank < to.rank ? [from, to] : [to, from]) as [Node, Node]);
  let count = 0;
  for (const [index, [a, b]] of ends.entries()) {
    for (const [c, d] of ends.slice(index + 1)) {
      if (a.rank !== c.rank) continue;
      const above = (at.get(a) ?? 0) - (at.get(c) ?? 0);
      const below = (at.get(b) ?? 0) - (at.get(d) ?? 0);
      if (above * below < 0) count += 1;
    }
  }
  return count;
}

/** Each node comes as near to the middle of its neighbours as those beside it in its layer allow. */
function place(layers: Node[][], pieces: Piece[]): void {
  const neighbours = byNode(pieces);
  for (const layer of layers) spread(layer, layer.map(() => 0));
  for (let round = 0; round < ROUNDS; round++) {
    for (const layer of round % 2 === 0 ? layers : layers.toReversed()) {
      spread(
        layer,
        layer.map((node) => {
          const around = neighbours.get(node) ?? [];
          return around.length > 0 ? mean(around.map(({ x }) => x)) : node.x;
        }),
      );
    }
  }
}

/** Sets `x` as near to the wishes as the order and the gaps allow (isotonic regression; long ways weigh more). */
function spread(layer: Node[], wishes: number[]): void {
  const offsets: number[] = [];
  let edge = 0;
  for (const { width } of layer) {
    offsets.push(edge + width / 2);
    edge += width + GAP;
  }
  const blocks: { sum: number; weight: number; count: number }[] = [];
  for (const [index, node] of layer.entries()) {
    const weight = node.kind === "bend" ? 3 : 1;
    blocks.push({ sum: ((wishes[index] ?? 0) - (offsets[index] ?? 0)) * weight, weight, count: 1 });
    mergeLast(blocks);
  }
  const fitted = blocks.flatMap(({ sum, weight, count }) => Array.from({ length: count }, () => sum / weight));
  for (const [index, node] of layer.entries()) node.x = (fitted[index] ?? 0) + (offsets[index] ?? 0);
}

function mergeLast(blocks: { sum: number; weight: number; count: number }[]): void {
  for (;;) {
    const [before, last] = blocks.slice(-2);
    if (!before || !last || before.sum / before.weight <= last.sum / last.weight) return;
    blocks.splice(-2, 2, { sum: before.sum + last.sum, weight: before.weight + last.weight, count: before.count + last.count });
  }
}

function byNode(pieces: Piece[]): Map<Node, Node[]> {
  const found = new Map<Node, Node[]>();
  for (const { from, to } of pieces) {
    found.set(from, [...(found.get(from) ?? []), to]);
    found.set(to, [...(found.get(to) ?? []), from]);
  }
  return found;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
