/** Moving nodes, frames, notes and reroute points together, as one step. */

import { snap } from "./actions";
import { carriedBy, changeAnnotations } from "./annotations";
import { moveTo } from "./arranging";
import { edgeKey } from "./document";
import type { Picked, ViaPoint } from "./picking";
import { viaEdit } from "./room";
import type { Edge, Edit, Graph, Position } from "./types";

/** Move what is picked, and what lies in the frames among it. */
export function moveEdits(graph: Graph, path: string, picked: Omit<Picked, "edges">, dx: number, dy: number): Edit[] {
  const carried = carriedBy(graph, picked.annotations);
  const ids = new Set([...picked.selection, ...carried.nodes]);
  const shifted = ([x, y]: Position): Position => [x + dx, y + dy];
  const moved = graph.nodes.filter((node) => ids.has(node.id));
  const positions = Object.fromEntries(moved.map((node) => [node.id, shifted(node.position)]));
  const annotations = new Set([...picked.annotations, ...carried.annotations]);
  return [
    ...(moved.length > 0 ? [{ op: "move", graph: path, positions }] : []),
    ...carryPoints(graph, path, ids, shifted),
    ...changeAnnotations(graph, path, annotations, ({ position }) => ({ position: shifted(position) })),
    ...(picked.point ? movePoint(graph, path, picked.point, shifted) : []),
  ];
}

/** Put nodes where they were dropped, and shift along what moves with them: annotations, and points between the nodes. */
export function dropEdits(
  graph: Graph,
  path: string,
  positions: readonly (readonly [string, Position])[],
  annotations: ReadonlySet<string>,
  [dx, dy]: Position,
): Edit[] {
  const moves = moveTo(graph, path, positions);
  if (moves.length === 0 && dx === 0 && dy === 0) return [];
  const shifted = ([x, y]: Position): Position => [x + dx, y + dy];
  return [
    ...moves,
    ...carryPoints(graph, path, new Set(positions.map(([id]) => id)), shifted),
    ...changeAnnotations(graph, path, annotations, ({ position }) => ({ position: shifted(position) })),
  ];
}

/** Reroute points go along where both ends of their link do. */
function carryPoints(graph: Graph, path: string, ids: ReadonlySet<string>, to: (at: Position) => Position): Edit[] {
  return graph.edges
    .filter((edge) => edge.via.length > 0 && ids.has(edge.source) && ids.has(edge.target))
    .map((edge) => viaEdit(path, edge, edge.via.map(to)));
}

export const edgeOf = (graph: Graph, point: ViaPoint): Edge | undefined =>
  graph.edges.find((edge) => edgeKey(edge) === point.edge);

export function movePoint(graph: Graph, path: string, point: ViaPoint, to: (at: Position) => Position): Edit[] {
  const edge = edgeOf(graph, point);
  if (!edge) return [];
  return [
    viaEdit(
      path,
      edge,
      edge.via.map((at, place) => (place === point.place ? to(at) : at)),
    ),
  ];
}

export function addPoint(path: string, edge: Edge, place: number, [x, y]: Position): Edit[] {
  return [viaEdit(path, edge, edge.via.toSpliced(place, 0, [snap(x), snap(y)]))];
}

export function removePoint(graph: Graph, path: string, point: ViaPoint): Edit[] {
  const edge = edgeOf(graph, point);
  return edge ? [viaEdit(path, edge, edge.via.toSpliced(point.place, 1))] : [];
}

/** Let links run straight again: all, or those among the given nodes. */
export function straightenEdits(graph: Graph, path: string, only?: ReadonlySet<string>): Edit[] {
  return graph.edges
    .filter((edge) => edge.via.length > 0 && (!only || (only.has(edge.source) && only.has(edge.target))))
    .map((edge) => viaEdit(path, edge, []));
}
