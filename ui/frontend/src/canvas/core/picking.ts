/** What is picked out on the canvas: nodes, links, frames and notes, a reroute point; and other choices made from it. */

import { edgeKey } from "./document";
import { downstream, upstream } from "./ports";
import type { Graph } from "./types";

/** A reroute point: the link's key and its place among the link's points. */
export interface ViaPoint {
  readonly edge: string;
  readonly place: number;
}

export interface Picked {
  readonly selection: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  /** Frames and notes, by `frame 0` and `note 2`. */
  readonly annotations: ReadonlySet<string>;
  readonly point: ViaPoint | undefined;
}

export const NOTHING_PICKED: Picked = {
  selection: new Set(),
  edges: new Set(),
  annotations: new Set(),
  point: undefined,
};

export const countPicked = (picked: Picked) =>
  picked.selection.size + picked.edges.size + picked.annotations.size + (picked.point ? 1 : 0);

/** What of it is still there in a graph that was changed. */
export function keepPicked(picked: Picked, graph: Graph): Picked {
  const edges = new Map(graph.edges.map((edge) => [edgeKey(edge), edge]));
  const led = picked.point && edges.get(picked.point.edge);
  return {
    selection: keepThose(picked.selection, new Set(graph.nodes.map((node) => node.id))),
    edges: keepThose(picked.edges, new Set(edges.keys())),
    annotations: keepThose(picked.annotations, new Set(annotationKeys(graph))),
    point: picked.point && (led?.via.length ?? 0) > picked.point.place ? picked.point : undefined,
  };
}

export const annotationKeys = ({ frames, notes }: Graph): string[] => [
  ...frames.map((_, place) => `frame ${place}`),
  ...notes.map((_, place) => `note ${place}`),
];

function keepThose(chosen: ReadonlySet<string>, there: ReadonlySet<string>): ReadonlySet<string> {
  const kept = [...chosen].filter((item) => there.has(item));
  return kept.length === chosen.size ? chosen : new Set(kept);
}

export type Reach = "upstream" | "downstream" | "connected" | "others";

/** Other nodes, chosen by how they hang together with these. */
export function reachFrom(graph: Graph, ids: ReadonlySet<string>, reach: Reach): string[] {
  const found = {
    upstream: () => upstream(graph, ids),
    downstream: () => downstream(graph, ids),
    connected: () => connected(graph, ids),
    others: () => new Set(graph.nodes.map((node) => node.id).filter((id) => !ids.has(id))),
  }[reach]();
  return graph.nodes.map((node) => node.id).filter((id) => found.has(id));
}

/** Everything that hangs together with these nodes, whichever way the links run. */
function connected(graph: Graph, ids: ReadonlySet<string>): Set<string> {
  const both = {
    ...graph,
    edges: graph.edges.flatMap((edge) => [edge, { ...edge, source: edge.target, target: edge.source }]),
  };
  return downstream(both, ids);
}
