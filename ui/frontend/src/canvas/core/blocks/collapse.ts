/** A selection becomes a block: a network of its own, and one node that uses it in its place. */

import { COLUMN, ENDS, NODE_WIDTH, snap } from "../actions";
import { annotationsWithin, pickAnnotations, removeAnnotations } from "../annotations";
import { suggestId } from "../ids";
import { downstream, outputFacts, scenePorts, upstream } from "../ports";
import type { Scene } from "../ports";
import { type Edge, type Edit, type Graph, type GraphNode, type Json, type Project, TRAINING } from "../types";
import { findGap, shiftEdits } from "../room";
import { namesIn } from "./references";

export interface Collapsed {
  readonly edits: readonly Edit[];
  readonly node: string;
  readonly network: string;
}

export interface Refusal {
  readonly refusal: string;
}

/** An output somewhere, and what the port is called that brings it into the block or out of it. */
interface Crossing {
  readonly source: string;
  readonly port: string;
  readonly name: string;
}

export function collapseEdits(
  project: Project,
  scene: Scene,
  chosen: ReadonlySet<string>,
  wish = "block",
): Collapsed | Refusal {
  const { graph, path } = scene;
  const inner = graph.nodes.filter((node) => chosen.has(node.id) && !ENDS.includes(node.kind));
  const refusal = refuseCollapse(graph, path, inner);
  if (refusal) return { refusal };
  const names = [...Object.keys(project.networks), ...graph.nodes.map((node) => node.id)];
  const name = suggestId(wish, names);
  const inside = new Set(inner.map((node) => node.id));
  const ports = findCrossings(scene, inner, inside);
  const notes = annotationsWithin(graph, inside);
  const network = buildNetwork(scene, inner, inside, ports, notes);
  const left = Math.min(...inner.map((node) => node.position[0]));
  const position = [left, middle(inner)] as const;
  const params: Record<string, Json> = { network: name };
  const handed = Object.keys(network.params);
  if (handed.length > 0) params.arguments = Object.fromEntries(handed.map((one) => [one, `$${one}`]));
  const block: GraphNode = { id: name, kind: "Block", params, position, bypassed: false, weights_of: null };
  const first = graph.nodes.findIndex((node) => inside.has(node.id));
  return {
    node: name,
    network: name,
    edits: [
      { op: "add_graph", name, graph: network },
      ...inner.map((node): Edit => ({ op: "remove_node", graph: path, id: node.id })),
      { op: "add_node", graph: path, node: block, index: first },
      ...outerEdges(graph, inside, ports, name).map((edge): Edit => ({ op: "connect", graph: path, edge })),
      ...removeAnnotations(graph, path, notes),
      ...closeGap(graph, path, inside, left, notes),
    ],
  };
}

function refuseCollapse(graph: Graph, path: string, inner: readonly GraphNode[]): string | undefined {
  if (path === TRAINING) return "Blocks are parts of networks. The training graph has none.";
  if (inner.length === 0) return "Select the nodes that shall become a block. Inputs and Outputs stay where they are.";
  const inside = new Set(inner.map((node) => node.id));
  const behind = downstream(graph, inside);
  const before = upstream(graph, inside);
  const between = graph.nodes.find((node) => !inside.has(node.id) && behind.has(node.id) && before.has(node.id));
  if (between)
    return `${between.id} takes from the selected nodes and feeds them, so the block would form a circle. Select ${between.id} too.`;
  const sharing = graph.nodes.find(
    (node) => node.weights_of !== null && inside.has(node.id) !== inside.has(node.weights_of),
  );
  return sharing
    ? `${sharing.id} shares the weights of ${sharing.weights_of}, and only one of them is selected. Select both or neither.`
    : undefined;
}

interface Ports {
  readonly inputs: readonly (Crossing & { readonly feeds: readonly Edge[] })[];
  readonly outputs: readonly Crossing[];
}

/** The links that cross the border, and the required ports that nothing feeds yet, each with a name for its port. */
function findCrossings(scene: Scene, inner: readonly GraphNode[], inside: ReadonlySet<string>): Ports {
  const { graph } = scene;
  const entering = groupBySource(graph.edges.filter((edge) => inside.has(edge.target) && !inside.has(edge.source)));
  const open = inner.flatMap((node) => findOpenPorts(scene, node));
  const leaving = groupBySource(graph.edges.filter((edge) => inside.has(edge.source) && !inside.has(edge.target)));
  const sources = leaving.length > 0 ? leaving.map(([first]) => first as Edge) : findLooseEnds(scene, inner);
  const taken = [...inside];
  const claim = (wish: string) => {
    const name = suggestId(wish, taken);
    taken.push(name);
    return name;
  };
  const isOnlyInput = entering.length + open.length === 1;
  const inputs = [...entering.map((feeds) => ({ feeds, from: feeds[0] as Edge })), ...open].map(({ feeds, from }) => ({
    source: from.source,
    port: from.source_port,
    feeds,
    name: claim(isOnlyInput ? "x" : from.source ? nameOf(from) : from.target_port),
  }));
  const outputs = sources.map((from) => ({
    source: from.source,
    port: from.source_port,
    name: claim(sources.length === 1 ? "out" : `${nameOf(from)}_out`),
  }));
  return { inputs, outputs };
}

const nameOf = (edge: Edge) => (edge.source_port === "output" ? edge.source : `${edge.source}_${edge.source_port}`);

function groupBySource(edges: readonly Edge[]): Edge[][] {
  return [...Map.groupBy(edges, (edge) => `${edge.source} ${edge.source_port}`).values()];
}

function findOpenPorts(scene: Scene, node: GraphNode): { feeds: Edge[]; from: Edge }[] {
  const linked = new Set(scene.graph.edges.filter((edge) => edge.target === node.id).map((edge) => edge.target_port));
  const open = scenePorts(scene, node).inputs.filter(
    (port) => !port.optional && !port.variadic && !linked.has(port.name),
  );
  return open.map((port) => {
    const from = { source: "", source_port: "", target: node.id, target_port: port.name, via: [] };
    return { feeds: [from], from };
  });
}

/** What comes out of nodes that nothing follows: where no link leaves the selection, that is what the block gives. */
function findLooseEnds(scene: Scene, inner: readonly GraphNode[]): Edge[] {
  const followed = new Set(scene.graph.edges.map((edge) => edge.source));
  return inner
    .filter((node) => !followed.has(node.id))
    .flatMap((node) =>
      scenePorts(scene, node)
        .outputs.slice(0, 1)
        .map((port) => ({ node, port })),
    )
    .map(({ node, port }) => ({ source: node.id, source_port: port.name, target: "", target_port: "", via: [] }));
}

function buildNetwork(
  scene: Scene,
  inner: readonly GraphNode[],
  inside: ReadonlySet<string>,
  { inputs, outputs }: Ports,
  annotations: ReadonlySet<string>,
): Graph {
  const { graph } = scene;
  const left = Math.min(...inner.map((node) => node.position[0])) - COLUMN;
  const top = Math.min(...inner.map((node) => node.position[1]));
  const right = Math.max(...inner.map((node) => node.position[0])) + COLUMN - left;
  const place = (id: string, kind: string, x: number, row: number, params: Record<string, Json>): GraphNode => ({
    id,
    kind,
    params,
    position: [x, row * 96],
    bypassed: false,
    weights_of: null,
  });
  const moved = inner.map((node) => ({
    ...node,
    position: [snap(node.position[0] - left), snap(node.position[1] - top)] as const,
  }));
  const mentioned = inner.flatMap((node) => [...namesIn(node.params as Json)]);
  const own = Object.entries(graph.params).filter(([name]) => mentioned.includes(name));
  const link = (source: string, source_port: string, target: string, target_port: string, via: Edge["via"] = []) => ({
    source,
    source_port,
    target,
    target_port,
    via: via.map(([x, y]) => [snap(x - left), snap(y - top)] as const),
  });
  return {
    nodes: [
      ...inputs.map((one, row) => place(one.name, "Input", 0, row, describeInput(scene, one))),
      ...moved,
      ...outputs.map((one, row) => place(one.name, "Output", snap(right), row, {})),
    ],
    edges: [
      ...inputs.flatMap((one) => one.feeds.map((edge) => link(one.name, "output", edge.target, edge.target_port))),
      ...graph.edges
        .filter((edge) => inside.has(edge.source) && inside.has(edge.target))
        .map((edge) => link(edge.source, edge.source_port, edge.target, edge.target_port, edge.via)),
      ...outputs.map((one) => link(one.source, one.port, one.name, "input")),
    ],
    params: Object.fromEntries(own),
    ...pickAnnotations(graph, annotations, ([x, y]) => [snap(x - left), snap(y - top)]),
    weights: null,
  };
}

/** The shape that flows in now: what the network shows when it is looked at by itself. A use brings its own. */
function describeInput(scene: Scene, crossing: Crossing & { feeds: readonly Edge[] }): Record<string, Json> {
  const known = outputFacts(scene.analysis?.graphs[scene.path], crossing.source, crossing.port);
  const params: Record<string, Json> = {};
  if (known?.shape) params.shape = known.shape.slice(1).map((size) => size);
  const [feed] = crossing.feeds;
  const target = scene.graph.nodes.find((node) => node.id === feed?.target);
  const port = target && scenePorts(scene, target).inputs.find((one) => one.name === feed?.target_port);
  const dtype = known?.dtype ?? (port?.dtype === "integer" ? "int64" : "float32");
  if (dtype !== "float32") params.dtype = dtype;
  return params;
}

function outerEdges(graph: Graph, inside: ReadonlySet<string>, { inputs, outputs }: Ports, block: string): Edge[] {
  const into = inputs
    .filter((one) => one.source)
    .map((one) => ({
      source: one.source,
      source_port: one.port,
      target: block,
      target_port: one.name,
      via: [],
    }));
  const out = graph.edges
    .filter((edge) => inside.has(edge.source) && !inside.has(edge.target))
    .map((edge) => {
      const port = outputs.find((one) => one.source === edge.source && one.port === edge.source_port);
      return { ...edge, source: block, source_port: port?.name ?? "", via: [] };
    });
  return [...into, ...out];
}

/** What lay behind the nodes comes up to the block that stands in their place. */
function closeGap(
  graph: Graph,
  path: string,
  inside: ReadonlySet<string>,
  left: number,
  gone: ReadonlySet<string>,
): Edit[] {
  const xs = graph.nodes.filter((node) => inside.has(node.id)).map((node) => node.position[0]);
  const right = Math.max(...xs);
  const isOut = (id: string) => !inside.has(id);
  const all = [...graph.frames.keys()].map((place) => `frame ${place}`);
  const notes = [...graph.notes.keys()].map((place) => `note ${place}`);
  const stays = new Set([...all, ...notes].filter((key) => !gone.has(key)));
  const rest: Graph = {
    ...graph,
    nodes: graph.nodes.filter((node) => isOut(node.id)),
    edges: graph.edges.filter((edge) => isOut(edge.source) && isOut(edge.target)),
    ...pickAnnotations(graph, stays, (at) => at),
  };
  return shiftEdits(rest, path, right + NODE_WIDTH, -findGap(rest, left, right));
}

const middle = (nodes: readonly GraphNode[]): number =>
  snap(nodes.reduce((sum, node) => sum + node.position[1], 0) / nodes.length);
