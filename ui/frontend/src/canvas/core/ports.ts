/** Which ports a node shows, what a link may join, and why not. */

import { portsOfUse } from "./blocks/networkPorts";
import { findNode, linkedPorts, rememberFor } from "./document";
import type {
  Analysis,
  Catalogue,
  Edge,
  Graph,
  GraphFacts,
  GraphNode,
  Kind,
  OutputFacts,
  Port,
  Project,
} from "./types";

export interface NodePorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export function kindsOf(catalogue: Catalogue, path: string): readonly Kind[] {
  return path === "training" ? catalogue.training : catalogue.network;
}

const plain = (name: string, dtype = "any"): Port => ({
  name,
  dtype,
  ranks: [],
  optional: false,
  variadic: false,
  help: "",
});

/** The ports of a node: the kind's own, or those that Python found for this use, and every port that a link names. */
export function portsOf(
  node: GraphNode,
  kind: Kind | undefined,
  facts: GraphFacts | undefined,
  graph: Graph,
): NodePorts {
  const found = facts?.nodes[node.id];
  const isOpen = !kind || kind.dynamic_ports;
  const inputs =
    isOpen && found?.inputs
      ? found.inputs.map((port) => (typeof port === "string" ? plain(port) : port))
      : (kind?.inputs ?? []);
  const outputs =
    isOpen && found?.outputs
      ? found.outputs.map((port) => plain(port.name, dtypeClass(port.dtype)))
      : (kind?.outputs ?? []);
  const { into, from } = linkedPorts(graph, node.id);
  return { inputs: complete(spread(inputs, into), into), outputs: complete([...outputs], from) };
}

/** A variadic port shows one place for each of its links and one that is free. */
function spread(ports: readonly Port[], linked: readonly string[]): Port[] {
  return ports.flatMap((port) => {
    if (!port.variadic) return [port];
    const numbers = linked
      .filter((name) => name.startsWith(`${port.name}.`))
      .map((name) => Number(name.slice(port.name.length + 1)));
    const count = Math.max(-1, ...numbers.filter(Number.isInteger)) + 2;
    return Array.from({ length: count }, (_, number) => ({ ...port, name: `${port.name}.${number}` }));
  });
}

/** A link may name a port that the node lacks (an unknown kind, a renamed field): it is shown, never dropped. */
function complete(ports: Port[], linked: readonly string[]): Port[] {
  const known = new Set(ports.map((port) => port.name));
  return [...ports, ...[...new Set(linked)].filter((name) => !known.has(name)).map((name) => plain(name))];
}

export function dtypeClass(dtype: string | null | undefined): string {
  if (!dtype) return "any";
  if (dtype.startsWith("float") || dtype.startsWith("bfloat")) return "float";
  return dtype.startsWith("int") ? "integer" : dtype;
}

export function outputFacts(facts: GraphFacts | undefined, id: string, port: string): OutputFacts | undefined {
  return facts?.nodes[id]?.outputs?.find((output) => output.name === port);
}

export interface Link {
  readonly source: string;
  readonly source_port: string;
  readonly target: string;
  readonly target_port: string;
}

export interface Scene {
  readonly graph: Graph;
  readonly path: string;
  readonly catalogue: Catalogue;
  readonly analysis: Analysis | undefined;
  /** The whole project, where a block may stand that nobody has looked at yet. */
  readonly project?: Project;
}

const indexKinds = rememberFor((kinds: readonly Kind[]) => new Map(kinds.map((kind) => [kind.kind, kind])));

/** What a node's kind is in the graph at a path. */
export const findKind = (catalogue: Catalogue, path: string, kind: string): Kind | undefined =>
  indexKinds(kindsOf(catalogue, path)).get(kind);

export function scenePorts(scene: Scene, node: GraphNode): NodePorts {
  const kind = findKind(scene.catalogue, scene.path, node.kind);
  const facts = scene.analysis?.graphs[scene.path];
  const fresh = facts?.nodes[node.id] ? undefined : portsOfUse(scene.project, node);
  return portsOf(node, fresh && kind ? { ...kind, ...fresh, dynamic_ports: false } : kind, facts, scene.graph);
}

const FITS: Readonly<Record<string, readonly string[]>> = {
  number: ["float", "integer", "bool", "number", "any"],
  float: ["float", "number", "any"],
  integer: ["integer", "number", "any"],
  bool: ["bool", "any"],
};

/** What the sorts of numbers are called. */
export const WORDS: Readonly<Record<string, string>> = {
  float: "real numbers",
  integer: "whole numbers",
  bool: "true and false",
  number: "numbers",
};

/** Say why two ports cannot be joined; undefined where they can. */
export function refuse(scene: Scene, link: Link): string | undefined {
  const source = findNode(scene.graph, link.source);
  const target = findNode(scene.graph, link.target);
  if (!source || !target) return "One end of this link is gone.";
  if (source.id === target.id) return `${source.id} cannot feed itself.`;
  const into = scenePorts(scene, target).inputs.find((port) => port.name === link.target_port);
  if (!into) return `${target.id} has no input "${link.target_port}".`;
  if (reaches(scene.graph, target.id, source.id))
    return `This would close a circle: ${source.id} already depends on ${target.id}.`;
  return refuseDtype(scene, link, into) ?? refuseRank(scene, link, into);
}

/** Say why the numbers that come along a link are not of the sort that a port takes; undefined where they are. */
export function refuseDtype(scene: Scene, link: Link, into: Port): string | undefined {
  const output = outputFacts(scene.analysis?.graphs[scene.path], link.source, link.source_port);
  const dtype = dtypeClass(output?.dtype);
  if (dtype === "any" || into.dtype === "any" || (FITS[into.dtype] ?? [dtype]).includes(dtype)) return undefined;
  return `${link.target} takes ${WORDS[into.dtype] ?? into.dtype}, ${link.source} gives ${WORDS[dtype] ?? dtype}.`;
}

function refuseRank(scene: Scene, link: Link, into: Port): string | undefined {
  const output = outputFacts(scene.analysis?.graphs[scene.path], link.source, link.source_port);
  const rank = output?.shape?.length;
  if (rank === undefined || into.ranks.length === 0 || into.ranks.includes(rank)) return undefined;
  const axes = into.ranks.map((one) => one - 1).join(" or ");
  return `${link.target} needs ${axes} ${axes === "1" ? "axis" : "axes"} besides the batch, ${link.source} gives ${output?.label ?? rank - 1}.`;
}

/** Whether there is a way from one node to another. */
export function reaches(graph: Graph, from: string, to: string): boolean {
  const known = ancestors(graph.edges);
  const before = known.get(to) ?? upstream(graph, [to]);
  known.set(to, before);
  return before.has(from);
}

/** What lies before a node, kept while the links stay: while a link is drawn every port asks. */
const ancestors = rememberFor((_: readonly Edge[]) => new Map<string, ReadonlySet<string>>());

export function upstream(graph: Graph, ids: Iterable<string>): Set<string> {
  return follow(ids, groupBackward(graph.edges));
}

export function downstream(graph: Graph, ids: Iterable<string>): Set<string> {
  return follow(ids, groupForward(graph.edges));
}

function groupEdges(edges: readonly Edge[], ends: (edge: Edge) => [string, string]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = ends(edge);
    const group = groups.get(from);
    if (group) group.push(to);
    else groups.set(from, [to]);
  }
  return groups;
}

const groupForward = rememberFor((edges: readonly Edge[]) => groupEdges(edges, (edge) => [edge.source, edge.target]));
const groupBackward = rememberFor((edges: readonly Edge[]) => groupEdges(edges, (edge) => [edge.target, edge.source]));

function follow(ids: Iterable<string>, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set(ids);
  const waiting = [...seen];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const other of next.get(id) ?? []) {
      if (!seen.has(other)) {
        seen.add(other);
        waiting.push(other);
      }
    }
  }
  return seen;
}

/** The first free input of a node that this output fits, required ones first. */
export function freeInput(scene: Scene, source: string, sourcePort: string, target: string): string | undefined {
  const node = findNode(scene.graph, target);
  if (!node) return undefined;
  const taken = new Set(scene.graph.edges.filter((edge) => edge.target === target).map((edge) => edge.target_port));
  const free = scenePorts(scene, node).inputs.filter((port) => !taken.has(port.name));
  const fits = (port: Port) => !refuse(scene, { source, source_port: sourcePort, target, target_port: port.name });
  return (free.find((port) => !port.optional && fits(port)) ?? free.find(fits))?.name;
}
