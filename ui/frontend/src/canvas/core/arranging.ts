/** Aligning, distributing and snapping: where things stand beside each other. */

import { snap } from "./actions";
import type { Box } from "./routing";
import type { Edit, Graph, Position } from "./types";

export type Side = "left" | "right" | "top" | "bottom" | "centre" | "middle";

type Boxes = ReadonlyMap<string, Box>;

/** Align boxes at a side of the one that stands out furthest, or at the middle of all. */
export function alignEdits(graph: Graph, path: string, boxes: Boxes, side: Side): Edit[] {
  const axis = side === "left" || side === "right" || side === "centre" ? AXES.x : AXES.y;
  const share = { left: 0, top: 0, centre: 0.5, middle: 0.5, right: 1, bottom: 1 }[side];
  const all = [...boxes.values()];
  const start = Math.min(...all.map(axis.start));
  const end = Math.max(...all.map((box) => axis.start(box) + axis.size(box)));
  const line = start + share * (end - start);
  const positions = [...boxes].map(([id, box]): [string, Position] => [
    id,
    axis.place(box, line - share * axis.size(box)),
  ]);
  return moveTo(graph, path, positions);
}

/** Make the gaps between boxes equal; the first and the last stay. */
export function distributeEdits(graph: Graph, path: string, boxes: Boxes, along: "x" | "y"): Edit[] {
  const axis = AXES[along];
  const sorted = [...boxes].sort(([, a], [, b]) => axis.start(a) - axis.start(b));
  const [first, last] = [sorted[0]?.[1], sorted.at(-1)?.[1]];
  if (!first || !last || sorted.length < 3) return [];
  const room = axis.start(last) + axis.size(last) - axis.start(first);
  const filled = sorted.reduce((sum, [, box]) => sum + axis.size(box), 0);
  const gap = (room - filled) / (sorted.length - 1);
  let at = axis.start(first);
  const positions = sorted.map(([id, box]): [string, Position] => {
    const position = axis.place(box, at);
    at += axis.size(box) + gap;
    return [id, position];
  });
  return moveTo(graph, path, positions);
}

const AXES = {
  x: {
    start: (box: Box) => box.x,
    size: (box: Box) => box.width,
    place: (box: Box, at: number): Position => [Math.round(at), box.y],
  },
  y: {
    start: (box: Box) => box.y,
    size: (box: Box) => box.height,
    place: (box: Box, at: number): Position => [box.x, Math.round(at)],
  },
};

/** Put nodes on the grid. */
export function snapEdits(graph: Graph, path: string, ids: ReadonlySet<string>): Edit[] {
  const positions = graph.nodes
    .filter((node) => ids.has(node.id))
    .map((node): [string, Position] => [node.id, [snap(node.position[0]), snap(node.position[1])]]);
  return moveTo(graph, path, positions);
}

/** One edit for those that really move. */
export function moveTo(graph: Graph, path: string, positions: readonly (readonly [string, Position])[]): Edit[] {
  const before = new Map(graph.nodes.map((node) => [node.id, node.position]));
  const moved = positions.filter(([id, [x, y]]) => before.get(id)?.[0] !== x || before.get(id)?.[1] !== y);
  return moved.length > 0 ? [{ op: "move", graph: path, positions: Object.fromEntries(moved) }] : [];
}
