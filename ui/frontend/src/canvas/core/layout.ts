/** A layered layout from left to right: the main path straight, branches beside it. */

import dagre from "@dagrejs/dagre";
import { snap } from "./actions";
import { graphAt, graphPaths, withGraph } from "./document";
import type { Graph, Position, Project } from "./types";

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = { between: 40, along: 72 };

/** New positions for the given nodes (all where none are given), around the place where they were. */
export function layOut(
  graph: Graph,
  sizeOf: (id: string) => Size,
  only?: ReadonlySet<string>,
): Record<string, Position> {
  const nodes = graph.nodes.filter((node) => !only || only.has(node.id));
  if (nodes.length === 0) return {};
  const plan = new dagre.graphlib.Graph({ multigraph: true });
  plan.setGraph({ rankdir: "LR", nodesep: GAP.between, ranksep: GAP.along, ranker: "network-simplex" });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) plan.setNode(node.id, { ...sizeOf(node.id) });
  const inside = new Set(nodes.map((node) => node.id));
  graph.edges.forEach((edge, number) => {
    if (inside.has(edge.source) && inside.has(edge.target))
      plan.setEdge(edge.source, edge.target, { weight: 1 }, String(number));
  });
  dagre.layout(plan);
  const corners = nodes.map((node): [string, Position] => {
    const { x, y } = plan.node(node.id) as { x: number; y: number };
    const { width, height } = sizeOf(node.id);
    return [node.id, [x - width / 2, y - height / 2]];
  });
  const [left, top] = only ? corner(nodes.map((node) => node.position)) : [0, 0];
  const [fromLeft, fromTop] = corner(corners.map(([, position]) => position));
  return Object.fromEntries(corners.map(([id, [x, y]]) => [id, [snap(x - fromLeft + left), snap(y - fromTop + top)]]));
}

function corner(positions: readonly Position[]): Position {
  return [Math.min(...positions.map(([x]) => x)), Math.min(...positions.map(([, y]) => y))];
}

/** Whether a graph was never laid out: several nodes, all in one spot. */
export function isPiled(graph: Graph): boolean {
  const [first] = graph.nodes;
  return (
    graph.nodes.length > 1 &&
    graph.nodes.every((node) => node.position[0] === first?.position[0] && node.position[1] === first?.position[1])
  );
}

const GUESS: Size = { width: 176, height: 56 };

/** A graph that was made without a screen has all nodes in one spot: it is laid out before anybody sees it. */
export function spreadPiles(project: Project): Project {
  return graphPaths(project).reduce((spread, path) => {
    const graph = graphAt(spread, path);
    if (!graph || !isPiled(graph)) return spread;
    const positions = layOut(graph, () => GUESS);
    const nodes = graph.nodes.map((node) => ({ ...node, position: positions[node.id] ?? node.position }));
    return withGraph(spread, path, { ...graph, nodes });
  }, project);
}
