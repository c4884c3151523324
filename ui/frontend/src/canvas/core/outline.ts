/** A graph as rows of a tree: every node in the order in which it is computed, and what lies inside a block below it. */

import { graphAt } from "./document";
import { formatCount } from "./format";
import { type Analysis, type Edge, type Finding, type Graph, type GraphNode, NETWORKS, type Project } from "./types";

export interface Row {
  /** Unique in the outline: the ids of the blocks around the node, and its own. */
  readonly key: string;
  readonly node: GraphNode;
  /** The graph that the node is in. */
  readonly path: string;
  readonly level: number;
  readonly place: number;
  readonly count: number;
  /** Whether what is inside is shown; undefined where nothing is inside. */
  readonly isOpen: boolean | undefined;
  readonly shape: string;
  readonly parameters: number;
  readonly title: string;
  readonly sources: readonly string[];
  readonly findings: readonly Finding[];
}

/** Nodes so that each follows what feeds it; among those that are free the order of the document counts. */
export function sortNodes(graph: Graph): GraphNode[] {
  const ids = new Set(graph.nodes.map((node) => node.id));
  const links = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const waiting = new Map<string, number>();
  for (const edge of links) waiting.set(edge.target, (waiting.get(edge.target) ?? 0) + 1);
  const next = Map.groupBy(links, (edge) => edge.source);
  const places = new Map(graph.nodes.map((node, place) => [node.id, place]));
  const sorted: GraphNode[] = [];
  const isDone = new Set<string>();
  const free = graph.nodes.filter((node) => !waiting.get(node.id)).map((node) => node.id);
  for (let id = free.shift(); id !== undefined; id = free.shift()) {
    isDone.add(id);
    sorted.push(graph.nodes[places.get(id) as number] as GraphNode);
    const freed: string[] = [];
    for (const edge of next.get(id) ?? []) {
      const left = (waiting.get(edge.target) ?? 0) - 1;
      waiting.set(edge.target, left);
      if (left === 0) freed.push(edge.target);
    }
    // What was just freed comes next, so that a branch is told to its end before another begins.
    free.unshift(...freed.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)));
  }
  return [...sorted, ...graph.nodes.filter((node) => !isDone.has(node.id))];
}

export interface OutlineInputs {
  readonly project: Project;
  readonly path: string;
  readonly analysis: Analysis | undefined;
  /** Keys of the rows whose inside is shown. */
  readonly open: ReadonlySet<string>;
}

/** Every row that is to be shown, in order. */
export function buildOutline(inputs: OutlineInputs): Row[] {
  return listRows(inputs, inputs.path, [], new Set([inputs.path]));
}

function listRows(inputs: OutlineInputs, path: string, around: readonly string[], seen: ReadonlySet<string>): Row[] {
  const graph = graphAt(inputs.project, path);
  if (!graph) return [];
  const facts = inputs.analysis?.graphs[path];
  const findings = Map.groupBy(
    (inputs.analysis?.findings ?? []).filter((one) => one.graph === path),
    (one) => one.node,
  );
  const into = Map.groupBy(graph.edges, (edge) => edge.target);
  const nodes = sortNodes(graph);
  return nodes.flatMap((node, place): Row[] => {
    const keys = [...around, node.id];
    const key = keys.join("/");
    const inside = insideOf(inputs.project, node);
    const isOpen = inside && !seen.has(inside) ? inputs.open.has(key) : undefined;
    const own = facts?.nodes[node.id];
    const row: Row = {
      key,
      node,
      path,
      level: keys.length,
      place: place + 1,
      count: nodes.length,
      isOpen,
      shape: (own?.outputs ?? []).flatMap((output) => output.label ?? []).join(", "),
      parameters: own?.parameters ?? 0,
      title: own?.title ?? "",
      sources: sourcesOf(into.get(node.id) ?? []),
      findings: findings.get(node.id) ?? [],
    };
    return isOpen && inside ? [row, ...listRows(inputs, inside, keys, new Set([...seen, inside]))] : [row];
  });
}

const sourcesOf = (edges: readonly Edge[]): string[] => [...new Set(edges.map((edge) => edge.source))];

/** The path of the network that a node is a use of. */
export function insideOf(project: Project, node: GraphNode): string | undefined {
  const name = node.params.network;
  return typeof name === "string" && Object.hasOwn(project.networks, name) ? NETWORKS + name : undefined;
}

/** A row in words, as a screen reader says it. */
export function describeRow(row: Row): string {
  const { node, findings } = row;
  const parts = [
    node.id,
    [node.kind, row.title].filter(Boolean).join(" "),
    node.bypassed ? "bypassed" : "",
    row.shape ? `gives ${row.shape}` : "",
    row.sources.length > 0 ? `from ${row.sources.join(" and ")}` : "",
    row.parameters > 0 ? `${formatCount(row.parameters)} parameters` : "",
    ...describeParams(node),
    ...findings.map(tellFinding),
  ];
  return parts.filter(Boolean).join(", ");
}

/** A finding with how grave it is, as it is said of the node that it is about. */
export const tellFinding = ({ severity, message }: Finding) =>
  `${severity === "advice" ? "hint" : severity}: ${message}`;

/** The parameters that somebody set, as `name value`. */
export function describeParams(node: GraphNode): string[] {
  return Object.entries(node.params).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}
