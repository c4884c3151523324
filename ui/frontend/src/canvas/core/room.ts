/** Making room: what lies to the right of a place moves aside, so that something fits in. */

import { COLUMN, NODE_WIDTH } from "./actions";
import { findNode } from "./document";
import type { Edge, Edit, Frame, Graph, Position } from "./types";

/**
 * Move everything from `from` on to the right, or to the left: nodes, reroute points, notes and frames; a frame around the
 * place grows or shrinks.
 */
export function shiftEdits(graph: Graph, path: string, from: number, by: number, but?: string): Edit[] {
  if (by === 0) return [];
  const right = ([x, y]: Position): Position => (x >= from ? [x + by, y] : [x, y]);
  const moved = graph.nodes.filter((node) => node.position[0] >= from && node.id !== but);
  const positions = Object.fromEntries(moved.map((node) => [node.id, right(node.position)]));
  const led = graph.edges.filter((edge) => edge.via.some(([x]) => x >= from));
  return [
    ...(moved.length > 0 ? [{ op: "move", graph: path, positions }] : []),
    ...led.map((edge) => viaEdit(path, edge, edge.via.map(right))),
    ...annotationEdits(graph, path, from, by),
  ];
}

export const viaEdit = (path: string, edge: Edge, via: readonly Position[]): Edit => ({
  op: "set_via",
  graph: path,
  edge,
  via,
});

function annotationEdits({ frames, notes }: Graph, path: string, from: number, by: number): Edit[] {
  const widen = (frame: Frame): Frame => {
    const [[x, y], [width, height]] = [frame.position, frame.size];
    if (x >= from) return { ...frame, position: [x + by, y] };
    return x + width > from ? { ...frame, size: [width + by, height] } : frame;
  };
  const fields = {
    ...(frames.some((frame) => widen(frame) !== frame) && { frames: frames.map(widen) }),
    ...(notes.some(({ position }) => position[0] >= from) && {
      notes: notes.map((note) =>
        note.position[0] >= from ? { ...note, position: [note.position[0] + by, note.position[1]] } : note,
      ),
    }),
  };
  return Object.keys(fields).length > 0 ? [{ op: "set_graph", graph: path, fields }] : [];
}

/** How near a node has to come to the height of the one before it to be put exactly there. */
export const LEVEL = 32;

/** Move what follows to the right where a node that comes to lie at `x` would lie on it. */
export function pushAside(graph: Graph, path: string, x: number, following: readonly string[], but?: string): Edit[] {
  const next = following.flatMap((id) => findNode(graph, id)?.position[0] ?? []);
  const ahead = next.filter((at) => at > x - NODE_WIDTH);
  if (ahead.length === 0) return [];
  const nearest = Math.min(...ahead);
  return shiftEdits(graph, path, nearest, Math.max(0, x + COLUMN - nearest), but);
}

/** How far what lies right of `right` can move to the left, so that one node at `left` is all that stands before it. */
export function findGap({ nodes }: Graph, left: number, right: number): number {
  const ahead = nodes.map(({ position }) => position[0]).filter((x) => x > right);
  const before = nodes.map(({ position }) => position[0]).filter((x) => x > left && x <= right);
  if (ahead.length === 0) return 0;
  return Math.max(0, Math.min(right - left, Math.min(...ahead) - COLUMN - Math.max(left, ...before)));
}

const ROW = 96;
/** Nodes with their tops nearer than this lie over each other. */
const NEAR = 80;

/** The place itself, or the first one below it where no node stands. */
export function freePlace(graph: Graph, at: Position): Position {
  const [x, y] = at;
  const isTaken = (top: number) =>
    graph.nodes.some(({ position }) => Math.abs(position[0] - x) < NODE_WIDTH && Math.abs(position[1] - top) < NEAR);
  let free = y;
  while (isTaken(free)) free += ROW;
  return free === y ? at : [x, free];
}
