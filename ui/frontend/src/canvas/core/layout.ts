/** A layered layout from left to right: the main path straight, branches beside it, links past the boxes. */

import dagre from "@dagrejs/dagre";
import { snap } from "./actions";
import { refitFrames } from "./annotations";
import { showsCost } from "./cost";
import { EMPTY_GRAPH, edgeKey, graphAt, graphPaths } from "./document";
import { applyEdits } from "./edits";
import { leadPast } from "./lanes";
import { nodeSize, portAt } from "./measure";
import { type NodePorts, type Scene, downstream, scenePorts } from "./ports";
import { viaEdit } from "./room";
import type { Box } from "./routing";
import {
  type Catalogue,
  type Edge,
  type Edit,
  type Graph,
  type GraphNode,
  NETWORKS,
  type Position,
  type Project,
} from "./types";

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP = { between: 40, along: 72 };

/** Lay out the given nodes, all where none are given: where they go, how links are led past them, frames around them. */
export function layOutEdits(scene: Scene, only?: ReadonlySet<string>): Edit[] {
  const { graph, path } = scene;
  const ports = new Map(graph.nodes.map((node) => [node.id, scenePorts(scene, node)]));
  const positions = layOut(graph, (id) => nodeSize(ports.get(id) ?? NO_PORTS, false), only);
  const placed = graph.nodes.map((node) => ({ ...node, position: positions[node.id] ?? node.position }));
  const boxes = boxesOf(scene, placed, ports);
  return [
    { op: "move", graph: path, positions },
    ...leadEdits({ ...graph, nodes: placed }, path, ports, boxes, only),
    ...refitFrames(graph, path, boxes),
  ];
}

const NO_PORTS: NodePorts = { inputs: [], outputs: [] };

function boxesOf(
  { path, analysis }: Scene,
  nodes: readonly GraphNode[],
  ports: ReadonlyMap<string, NodePorts>,
): Map<string, Box> {
  const facts = analysis?.graphs[path]?.nodes;
  return new Map(
    nodes.map(({ id, kind, position: [x, y] }) => {
      const size = nodeSize(ports.get(id) ?? NO_PORTS, showsCost(path, kind, facts?.[id]));
      return [id, { x, y, ...size }];
    }),
  );
}

/** Lead the links among the given nodes past all boxes; those that need no leading run straight again. */
function leadEdits(
  graph: Graph,
  path: string,
  ports: ReadonlyMap<string, NodePorts>,
  boxes: ReadonlyMap<string, Box>,
  only?: ReadonlySet<string>,
): Edit[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const end = (id: string, port: string, isOutput: boolean): Position =>
    portAt(nodes.get(id)?.position ?? [0, 0], ports.get(id) ?? NO_PORTS, port, isOutput);
  const links = linksAmong(graph, only);
  const ways = links.map((edge) => ({
    key: edgeKey(edge),
    from: end(edge.source, edge.source_port, true),
    to: end(edge.target, edge.target_port, false),
  }));
  const led = leadPast(ways, [...boxes.values()]);
  return links.flatMap((edge) => {
    const via = led.get(edgeKey(edge)) ?? [];
    return via.join() === edge.via.join() ? [] : [viaEdit(path, edge, via)];
  });
}

function linksAmong(graph: Graph, only?: ReadonlySet<string>): readonly Edge[] {
  return only ? graph.edges.filter((edge) => only.has(edge.source) && only.has(edge.target)) : graph.edges;
}

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
  for (const [number, edge] of leaveOutSkips({ ...graph, edges: linksAmong(graph, only) }).entries())
    plan.setEdge(edge.source, edge.target, { weight: 1 }, String(number));
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

/** The links without those that skip a longer way between the same nodes: they would bend that way. */
function leaveOutSkips(graph: Graph): Edge[] {
  const from = Map.groupBy(graph.edges, (edge) => edge.source);
  return graph.edges.filter(({ source, target }) => {
    const others = (from.get(source) ?? []).map((edge) => edge.target).filter((id) => id !== target);
    return others.length === 0 || !downstream(graph, others).has(target);
  });
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

const NO_KINDS: Catalogue = { network: [], training: [] };

/** A graph that was made without a screen has all nodes in one spot: it is laid out before anybody sees it. */
export function spreadPiles(project: Project): Project {
  return graphPaths(project).reduce((spread, path) => {
    const graph = graphAt(spread, path);
    if (!graph || !isPiled(graph)) return spread;
    return applyEdits(spread, layOutEdits({ graph, path, catalogue: NO_KINDS, analysis: undefined, project: spread }));
  }, project);
}

/** Edits that add networks, and those that lay these out, as one step. */
export function layOutAdded(project: Project, edits: readonly Edit[], catalogue: Catalogue): Edit[] {
  const after = applyEdits(project, edits);
  const added = edits.filter((edit) => edit.op === "add_graph").map((edit) => NETWORKS + String(edit.name));
  return [
    ...edits,
    ...added.flatMap((path) =>
      layOutEdits({ graph: graphAt(after, path) ?? EMPTY_GRAPH, path, catalogue, analysis: undefined, project: after }),
    ),
  ];
}
