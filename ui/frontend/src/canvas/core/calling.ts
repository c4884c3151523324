/** A node that calls another network than before: its links go on to the ports of that one. */

import type { Edge, Edit, GraphNode, Project } from "./types";
import { graphAt } from "./document";
import { NETWORKS } from "./types";

/** The links of a node that calls networks, moved to the ports of another network: by name, else by place. */
export function callEdits(project: Project, path: string, node: GraphNode, network: string): Edit[] {
  const called = graphAt(project, NETWORKS + network);
  const edges = graphAt(project, path)?.edges ?? [];
  if (!called || !CALLERS.has(node.kind)) return [];
  const ports = (kind: string) => called.nodes.filter((one) => one.kind === kind).map((one) => one.id);
  const into = move(edges, "target", node.id, ports("Input"));
  const from = move(edges, "source", node.id, ports("Output"));
  return [...into, ...from].flatMap(([edge, moved]): Edit[] => [
    { op: "disconnect", graph: path, edge },
    { op: "connect", graph: path, edge: moved },
  ]);
}

const CALLERS: ReadonlySet<string> = new Set(["Network", "Block"]);

/** Each link at one side of a node whose port is not there any more, with what becomes of it: the next port that is free. */
function move(edges: readonly Edge[], side: "source" | "target", id: string, ports: readonly string[]): [Edge, Edge][] {
  const own = edges.filter((edge) => edge[side] === id);
  const port = (edge: Edge) => edge[`${side}_port`];
  const gone = [...new Set(own.map(port))].filter((name) => !ports.includes(name));
  const free = ports.filter((name) => !own.some((edge) => port(edge) === name));
  const places = new Map(gone.map((name, place) => [name, free[place]]));
  return own.flatMap((edge): [Edge, Edge][] => {
    const to = places.get(port(edge));
    return to === undefined ? [] : [[edge, { ...edge, [`${side}_port`]: to }]];
  });
}
