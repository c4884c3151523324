/** What differs between two states of a project, or two projects: graph by graph, node by node, value by value. */

import { EMPTY_GRAPH, edgeKey, graphAt, graphPaths } from "./document";
import type { Edge, Graph, GraphNode, Json, Project } from "./types";

export interface ValueChange {
  readonly name: string;
  /** Undefined where there was none. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface GraphDifference {
  /** Ids of nodes that only the newer graph has. */
  readonly added: ReadonlySet<string>;
  /** Nodes that only the older graph has. */
  readonly removed: readonly GraphNode[];
  /** What changed of nodes that both have, by their id in the newer one. */
  readonly changed: ReadonlyMap<string, readonly ValueChange[]>;
  /** How nodes of the older graph are called in the newer one. */
  readonly names: ReadonlyMap<string, string>;
  /** Keys of links that only the newer graph has. */
  readonly addedEdges: ReadonlySet<string>;
  /** Links that only the older graph has, in the names of the newer one where their nodes are still there. */
  readonly removedEdges: readonly Edge[];
  /** How many nodes only stand elsewhere. */
  readonly moved: number;
  /** The graph's own parameters. */
  readonly values: readonly ValueChange[];
}

export interface Difference {
  /** Graphs in which something differs, by path. */
  readonly graphs: ReadonlyMap<string, GraphDifference>;
  /** Everything outside the graphs: the name, how it trains, the data. */
  readonly values: readonly ValueChange[];
}

export function findDifference(older: Project, newer: Project): Difference {
  const paths = new Set([...graphPaths(newer), ...graphPaths(older)]);
  const graphs = new Map<string, GraphDifference>();
  for (const path of paths) {
    const [before, after] = [graphAt(older, path) ?? EMPTY_GRAPH, graphAt(newer, path) ?? EMPTY_GRAPH];
    if (before === after) continue;
    const difference = compareGraphs(before, after);
    if (countMarks(difference) + difference.moved + difference.values.length > 0) graphs.set(path, difference);
  }
  return { graphs, values: compareSettings(older, newer) };
}

export function compareGraphs(before: Graph, after: Graph): GraphDifference {
  const names = matchNodes(before, after);
  const kept = new Set(names.values());
  const twins = new Map(after.nodes.map((node) => [node.id, node]));
  const changed = new Map<string, readonly ValueChange[]>();
  let moved = 0;
  for (const node of before.nodes) {
    const twin = twins.get(names.get(node.id) ?? "");
    if (!twin || twin === node) continue;
    const changes = compareNodes(node, twin, names);
    if (changes.length > 0) changed.set(twin.id, changes);
    else if (String(node.position) !== String(twin.position)) moved += 1;
  }
  const renamed = before.edges.map((edge) => renameEnds(edge, names));
  const [old, fresh] = [new Set(renamed.map(edgeKey)), new Set(after.edges.map(edgeKey))];
  return {
    added: new Set(after.nodes.filter((node) => !kept.has(node.id)).map((node) => node.id)),
    removed: before.nodes.filter((node) => !names.has(node.id)),
    changed,
    names,
    addedEdges: new Set([...fresh].filter((key) => !old.has(key))),
    removedEdges: renamed.filter((edge) => !fresh.has(edgeKey(edge))),
    moved,
    values: [...compareValues(before.params, after.params), ...compareBeside(before, after)],
  };
}

/** Frames and notes say nothing about the network: it is enough to know that they differ. */
function compareBeside(before: Graph, after: Graph): ValueChange[] {
  const count = (items: unknown) => (Array.isArray(items) ? items.length : 0);
  return ["frames", "notes"]
    .filter((name) => !sameJson(before[name] as Json, after[name] as Json))
    .map((name) => ({ name, before: count(before[name]), after: count(after[name]) }));
}

/** Nodes of the same id are the same node; one that went and one that came in its place, of its kind, was renamed. */
function matchNodes(before: Graph, after: Graph): Map<string, string> {
  const ids = new Set(after.nodes.map((node) => node.id));
  const names = new Map(before.nodes.filter((node) => ids.has(node.id)).map((node) => [node.id, node.id]));
  const place = (node: GraphNode) => `${node.kind} ${node.position.join()}`;
  const came = new Map(after.nodes.filter((node) => !names.has(node.id)).map((node) => [place(node), node.id]));
  for (const node of before.nodes) {
    const id = names.has(node.id) ? undefined : came.get(place(node));
    if (id === undefined) continue;
    names.set(node.id, id);
    came.delete(place(node));
  }
  return names;
}

function compareNodes(before: GraphNode, after: GraphNode, names: ReadonlyMap<string, string>): ValueChange[] {
  const weights = before.weights_of && (names.get(before.weights_of) ?? before.weights_of);
  const own = (node: GraphNode, source: string | null) => ({
    name: node.id,
    kind: node.kind,
    bypassed: node.bypassed,
    "weights of": source,
  });
  return [
    ...compareValues(own(before, weights), own(after, after.weights_of)),
    ...compareValues(before.params, after.params),
  ];
}

const renameEnds = (edge: Edge, names: ReadonlyMap<string, string>): Edge => ({
  ...edge,
  source: names.get(edge.source) ?? edge.source,
  target: names.get(edge.target) ?? edge.target,
});

type Values = Readonly<Record<string, Json>>;

function compareValues(before: Values, after: Values): ValueChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !sameJson(before[name], after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }));
}

/** Facts are found in the data, not decided by anybody, so they are no difference. */
const FOUND = "facts";

function compareSettings(older: Project, newer: Project): ValueChange[] {
  const settings = ({ name, description, run, data }: Project): Values => ({ name, description, run, data });
  return compareDeep(settings(older), settings(newer), "");
}

function compareDeep(before: Values, after: Values, path: string): ValueChange[] {
  return compareValues(before, after).flatMap((change): ValueChange[] => {
    if (change.name === FOUND) return [];
    const name = path ? `${path}.${change.name}` : change.name;
    const [old, fresh] = [change.before, change.after];
    return isObject(old) && isObject(fresh) ? compareDeep(old, fresh, name) : [{ ...change, name }];
  });
}

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, place) => sameJson(item, b[place]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

/** How many marks a graph gets on the canvas. */
export function countMarks({ added, removed, changed, addedEdges, removedEdges }: GraphDifference): number {
  return added.size + removed.length + changed.size + addedEdges.size + removedEdges.length;
}

/** A value for people: short, and a word where there is none. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return "default";
  if (value === null) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text || "empty";
}
