/** From layers and places to lines and heights on the page, in pixels. */
import type { Layout, Node, Piece } from "./layout";

const STATE_HEIGHT = 62;
const ACTION_HEIGHT = 38;
const START_HEIGHT = 20;
const BETWEEN = 22;
const MARGIN = 12;
/** Room on the left for the names of phases. */
export const ASIDE = 88;
const CHARACTER = 6.9;
const BIG_CHARACTER = 8.2;

export interface Drawn {
  width: number;
  height: number;
  /** The upper edge and the height of each layer; of those without anything, none. */
  rows: { y: number; height: number }[];
  lines: { id: string; piece: Piece; path: string; hasArrow: boolean }[];
  /** What passes a layer without stopping there. */
  passes: { id: string; node: Node; path: string }[];
}

export function actionWidth(...lines: string[]): number {
  return Math.max(...lines.map(({ length }) => length)) * CHARACTER + 24;
}

export function stateWidth(name: string, ...small: string[]): number {
  return Math.max(150, name.length * BIG_CHARACTER + 24, actionWidth(...small));
}

export function drawn({ nodes, pieces, width, rankCount }: Layout): Drawn {
  const rows = rowsOf(nodes, rankCount);
  const ports = portsOf(nodes, pieces);
  const lines = pieces.map((piece) => {
    const isDown = piece.from.rank < piece.to.rank;
    const from = { x: ports(piece.from, piece), y: edge(rows, piece.from, isDown) };
    const to = { x: ports(piece.to, piece), y: edge(rows, piece.to, !isDown) };
    const hasArrow = piece.to.kind === "state";
    const end = hasArrow ? to.y + (isDown ? -7 : 7) : to.y;
    return { id: `${piece.from.id}>${piece.to.id}`, piece, path: curve(from.x, from.y, to.x, end), hasArrow };
  });
  const passes = nodes.flatMap((node) => {
    const row = rows[node.rank];
    if (node.kind !== "bend" || !row) return [];
    const x = node.x + ASIDE;
    return [{ id: node.id, node, path: `M${x} ${row.y}V${row.y + row.height}` }];
  });
  const last = rows.at(-1);
  return { width: width + ASIDE + MARGIN, height: (last ? last.y + last.height : 0) + MARGIN, rows, lines, passes };
}

function rowsOf(nodes: Node[], rankCount: number): { y: number; height: number }[] {
  let y = MARGIN;
  return Array.from({ length: rankCount }, (_, rank) => {
    const kinds = new Set(nodes.filter((node) => node.rank === rank).map(({ kind }) => kind));
    const height = kinds.has("state") ? STATE_HEIGHT : kinds.has("action") ? ACTION_HEIGHT : kinds.has("start") ? START_HEIGHT : 0;
    const row = { y, height };
    if (kinds.size > 0) y += height + BETWEEN;
    return row;
  });
}

/** The upper or lower edge of what stands in the middle of its row. */
function edge(rows: { y: number; height: number }[], node: Node, isLower: boolean): number {
  const row = rows[node.rank] ?? { y: 0, height: 0 };
  return isLower ? row.y + row.height : row.y;
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (y1 + y2) / 2;
  return `M${round(x1)} ${round(y1)}C${round(x1)} ${round(middle)} ${round(x2)} ${round(middle)} ${round(x2)} ${round(y2)}`;
}

/** Where ways leave and come to a state: side by side, in the order of where they lead. */
function portsOf(nodes: Node[], pieces: Piece[]): (node: Node, piece: Piece) => number {
  const places = new Map<string, number>();
  const key = (node: Node, piece: Piece) => `${node.id}|${piece.from.id}>${piece.to.id}`;
  for (const node of nodes.filter(({ kind }) => kind === "state")) {
    const own = pieces.filter((piece) => piece.from === node || piece.to === node);
    for (const side of [own.filter((piece) => other(piece, node).rank < node.rank), own.filter((piece) => other(piece, node).rank > node.rank)]) {
      const sorted = side.toSorted((a, b) => other(a, node).x - other(b, node).x);
      const step = Math.min(26, (node.width - 40) / Math.max(1, sorted.length - 1));
      for (const [at, piece] of sorted.entries()) places.set(key(node, piece), (at - (sorted.length - 1) / 2) * step);
    }
  }
  return (node, piece) => node.x + ASIDE + (places.get(key(node, piece)) ?? 0);
}

function other(piece: Piece, node: Node): Node {
  return piece.from === node ? piece.to : piece.from;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
