/** Taking away nodes and links, and healing: what came before a node that goes feeds what came after it. */

import { edgeKey } from "./document";
import type { Scene } from "./ports";
import type { Edge, Edit, Graph, Position } from "./types";

/** Delete nodes and links. Where nodes are taken out of a chain the link is healed, unless that is not wanted. */
export function removeEdits(scene: Scene, ids: ReadonlySet<string>, edges: readonly Edge[], heals = true): Edit[] {
  const { graph, path } = scene;
  const loose = edges.filter((edge) => !ids.has(edge.source) && !ids.has(edge.target));
  return [
    ...cutEdits(path, loose),
    ...graph.nodes
      .filter((node) => ids.has(node.id))
      .map((node): Edit => ({ op: "remove_node", graph: path, id: node.id })),
    ...(heals ? healingEdits(scene, ids) : []),
  ];
}

/** Take links off. */
export function cutEdits(path: string, edges: readonly Edge[]): Edit[] {
  return edges.map((edge): Edit => ({ op: "disconnect", graph: path, edge }));
}

/** How far nodes step down that are taken out of a chain, so that the healed link does not run behind them. */
const ASIDE = 96;

/** Take nodes out of the links that hold them, healing these; the nodes stay, with the links among them. */
export function detachEdits(scene: Scene, ids: ReadonlySet<string>): Edit[] {
  const { graph, path } = scene;
  const outer = graph.edges.filter((edge) => ids.has(edge.source) !== ids.has(edge.target));
  if (outer.length === 0) return [];
  const healed = healingEdits(scene, ids);
  const moved = graph.nodes.filter((node) => ids.has(node.id));
  const positions = Object.fromEntries(
    moved.map((node): [string, Position] => [node.id, [node.position[0], node.position[1] + ASIDE]]),
  );
  const aside: Edit[] = healed.length > 0 ? [{ op: "move", graph: path, positions }] : [];
  return [...cutEdits(path, outer), ...healed, ...aside];
}

/** Links from what came before the nodes to what came after them, where there is no doubt which is which. */
function healingEdits({ graph, path }: Scene, ids: ReadonlySet<string>): Edit[] {
  return graph.edges
    .filter((edge) => ids.has(edge.source) && !ids.has(edge.target))
    .flatMap((edge) => {
      const start = findStart(graph, ids, edge);
      const { source, source_port } = start ?? edge;
      return start ? [{ op: "connect", graph: path, edge: { ...edge, source, source_port, via: [] } }] : [];
    });
}

/** The link that comes in where a chain of nodes begins; undefined where the chain forks or has several beginnings. */
function findStart(graph: Graph, ids: ReadonlySet<string>, last: Edge): Edge | undefined {
  let edge = last;
  const seen = new Set([edgeKey(edge)]);
  while (ids.has(edge.source)) {
    const { source } = edge;
    const into = graph.edges.filter((one) => one.target === source);
    const ports = new Set(graph.edges.filter((one) => one.source === source).map((one) => one.source_port));
    const [before] = into;
    if (!before || into.length > 1 || ports.size > 1 || seen.has(edgeKey(before))) return undefined;
    seen.add(edgeKey(before));
    edge = before;
  }
  return edge;
}
