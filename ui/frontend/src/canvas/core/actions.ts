/** What a person does, as lists of edits: each list is one step of the history. */

import { findNode, sameEdge } from "./document";
import { nextId, suggestId } from "./ids";
import { type Link, type Scene, freeInput, scenePorts } from "./ports";
import type { Edge, Edit, Graph, GraphNode, Json, Kind, Position } from "./types";

export const NODE_WIDTH = 176;
export const COLUMN = 240;
export const GRID = 8;

export const snap = (value: number) => Math.round(value / GRID) * GRID;

const asEdge = (link: Link): Edge => ({
  source: link.source,
  source_port: link.source_port,
  target: link.target,
  target_port: link.target_port,
  via: [],
});

export function connectEdit(path: string, link: Link): Edit {
  return { op: "connect", graph: path, edge: asEdge(link) };
}

export function newNode(graph: Graph, kind: Kind, position: Position, params: Record<string, Json> = {}): GraphNode {
  const id = suggestId(
    kind.kind,
    graph.nodes.map((node) => node.id),
  );
  return {
    id,
    kind: kind.kind,
    params,
    position: [snap(position[0]), snap(position[1])],
    bypassed: false,
    weights_of: null,
  };
}

/** Add a node behind another one: linked to it, and put between it and what followed where that is unmistakable. */
export function addAfter(scene: Scene, kind: Kind, after: string): { edits: Edit[]; id: string } {
  const previous = findNode(scene.graph, after);
  if (!previous) return addAt(scene, kind, [0, 0]);
  const output = scenePorts(scene, previous).outputs[0];
  const [input, onward] = [firstInput(kind), kind.outputs[0]];
  const following = scene.graph.edges.filter((edge) => edge.source === after && edge.source_port === output?.name);
  const isSpliced = Boolean(output && input && onward && following.length === 1);
  const position: Position = [previous.position[0] + COLUMN, previous.position[1]];
  const node = newNode(scene.graph, kind, isSpliced ? position : freePlace(scene.graph, position));
  const edits: Edit[] = [{ op: "add_node", graph: scene.path, node }];
  if (output && input)
    edits.push(
      connectEdit(scene.path, { source: after, source_port: output.name, target: node.id, target_port: input }),
    );
  if (isSpliced && onward)
    edits.push(...continueLinks(scene.path, following, node.id, onward.name), ...makeRoom(scene, node, following));
  return { edits, id: node.id };
}

export function addAt(scene: Scene, kind: Kind, position: Position): { edits: Edit[]; id: string } {
  const node = newNode(scene.graph, kind, position);
  return { edits: [{ op: "add_node", graph: scene.path, node }], id: node.id };
}

function firstInput(kind: Kind): string | undefined {
  const port = kind.inputs.find((one) => !one.optional) ?? kind.inputs[0];
  return port && (port.variadic ? `${port.name}.0` : port.name);
}

const continueLinks = (path: string, edges: readonly Edge[], source: string, port: string): Edit[] =>
  edges.map((edge) => ({ op: "connect", graph: path, edge: { ...edge, source, source_port: port, via: [] } }));

/** Move what follows to the right where the new node would lie on it. */
function makeRoom(scene: Scene, node: GraphNode, following: readonly Edge[]): Edit[] {
  const next = following.map((edge) => findNode(scene.graph, edge.target)).filter((one) => one !== undefined);
  const nearest = Math.min(...next.map((one) => one.position[0]));
  const shift = node.position[0] + COLUMN - nearest;
  if (shift <= 0) return [];
  const moved = scene.graph.nodes.filter((one) => one.position[0] >= nearest);
  const positions = Object.fromEntries(moved.map((one) => [one.id, [one.position[0] + shift, one.position[1]]]));
  return moved.length > 0 ? [{ op: "move", graph: scene.path, positions }] : [];
}

function freePlace(graph: Graph, [x, y]: Position): Position {
  const isTaken = (at: number) =>
    graph.nodes.some((node) => Math.abs(node.position[0] - x) < NODE_WIDTH && Math.abs(node.position[1] - at) < 80);
  let free = y;
  while (isTaken(free)) free += 96;
  return [x, free];
}

/** Put a new node into a link: what was one link becomes two. */
export function splice(scene: Scene, kind: Kind, edge: Edge, position: Position): { edits: Edit[]; id: string } {
  const [input, output] = [firstInput(kind), kind.outputs[0]?.name];
  const added = addAt(scene, kind, position);
  if (!input || !output) return added;
  const { source, source_port } = edge;
  return {
    id: added.id,
    edits: [
      ...added.edits,
      connectEdit(scene.path, { source, source_port, target: added.id, target_port: input }),
      { op: "connect", graph: scene.path, edge: { ...edge, source: added.id, source_port: output, via: [] } },
    ],
  };
}

/** Add a node for a link that was dropped in empty space. */
export function addLinked(
  scene: Scene,
  kind: Kind,
  position: Position,
  loose: { node: string; port: string; isSource: boolean },
): { edits: Edit[]; id: string } {
  const added = addAt(scene, kind, position);
  const port = loose.isSource ? firstInput(kind) : kind.outputs[0]?.name;
  if (!port) return added;
  const link = loose.isSource
    ? { source: loose.node, source_port: loose.port, target: added.id, target_port: port }
    : { source: added.id, source_port: port, target: loose.node, target_port: loose.port };
  return { id: added.id, edits: [...added.edits, connectEdit(scene.path, link)] };
}

/** Delete nodes and links. A node in the middle of a chain is healed: what came before feeds what came after. */
export function removeEdits(scene: Scene, ids: ReadonlySet<string>, edges: readonly Edge[]): Edit[] {
  const { graph, path } = scene;
  const loose = edges.filter((edge) => !ids.has(edge.source) && !ids.has(edge.target));
  const healed = ids.size === 1 ? healingEdits(scene, [...ids][0] as string) : [];
  return [
    ...loose.map((edge): Edit => ({ op: "disconnect", graph: path, edge })),
    ...graph.nodes
      .filter((node) => ids.has(node.id))
      .map((node): Edit => ({ op: "remove_node", graph: path, id: node.id })),
    ...healed,
  ];
}

function healingEdits({ graph, path }: Scene, id: string): Edit[] {
  const into = graph.edges.filter((edge) => edge.target === id);
  const from = graph.edges.filter((edge) => edge.source === id);
  const [before] = into;
  if (into.length !== 1 || !before || new Set(from.map((edge) => edge.source_port)).size !== 1) return [];
  return continueLinks(path, from, before.source, before.source_port);
}

/** Copy nodes with the links among them, as text that can be pasted anywhere. */
export function copyText(graph: Graph, path: string, ids: ReadonlySet<string>): string {
  const nodes = graph.nodes.filter((node) => ids.has(node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  return JSON.stringify({ layerloom: path === "training" ? "training" : "network", nodes, edges }, null, 1);
}

export interface Clip {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}

/** Read copied text. Raises with a sentence where it is something else. */
export function readClip(text: string, path: string): Clip {
  let clip: { layerloom?: string; nodes?: unknown; edges?: unknown };
  try {
    clip = JSON.parse(text) as typeof clip;
  } catch {
    throw new Error("The clipboard holds no nodes. Copy some with Ctrl+C first.");
  }
  const wanted = path === "training" ? "training" : "network";
  if (!clip || !Array.isArray(clip.nodes) || !clip.nodes.every(isNode))
    throw new Error("The clipboard holds no nodes. Copy some with Ctrl+C first.");
  if (clip.layerloom && clip.layerloom !== wanted) {
    throw new Error(
      `These nodes are from a ${clip.layerloom === "training" ? "training graph" : "network"} and fit only there.`,
    );
  }
  return { nodes: clip.nodes as GraphNode[], edges: (Array.isArray(clip.edges) ? clip.edges : []) as Edge[] };
}

function isNode(node: unknown): boolean {
  const { id, kind } = (node ?? {}) as { id?: unknown; kind?: unknown };
  return typeof id === "string" && typeof kind === "string";
}

/** Paste nodes under free names, beside where they were or around a point. */
export function pasteEdits(graph: Graph, path: string, clip: Clip, at?: Position): { edits: Edit[]; ids: string[] } {
  const taken = new Set(graph.nodes.map((node) => node.id));
  const names = new Map<string, string>();
  for (const node of clip.nodes) {
    const id = taken.has(node.id) ? nextId(node.id, taken) : node.id;
    taken.add(id);
    names.set(node.id, id);
  }
  const [dx, dy] = shiftTo(clip.nodes, at);
  const nodes = clip.nodes.map((node) => ({
    ...node,
    id: names.get(node.id) as string,
    position: [snap((node.position?.[0] ?? 0) + dx), snap((node.position?.[1] ?? 0) + dy)] as const,
    weights_of: node.weights_of
      ? (names.get(node.weights_of) ?? (findNode(graph, node.weights_of) ? node.weights_of : null))
      : null,
  }));
  const edges = clip.edges.filter((edge) => names.has(edge.source) && names.has(edge.target));
  return {
    ids: nodes.map((node) => node.id),
    edits: [
      ...nodes.map((node): Edit => ({ op: "add_node", graph: path, node })),
      ...edges.map((edge): Edit => ({
        op: "connect",
        graph: path,
        edge: { ...edge, source: names.get(edge.source), target: names.get(edge.target) },
      })),
    ],
  };
}

function shiftTo(nodes: readonly GraphNode[], at: Position | undefined): Position {
  if (!at) return [32, 32];
  const left = Math.min(...nodes.map((node) => node.position?.[0] ?? 0));
  const top = Math.min(...nodes.map((node) => node.position?.[1] ?? 0));
  return [at[0] - left, at[1] - top];
}

export function moveEdit(graph: Graph, path: string, ids: ReadonlySet<string>, dx: number, dy: number): Edit[] {
  const moved = graph.nodes.filter((node) => ids.has(node.id));
  if (moved.length === 0) return [];
  const positions = Object.fromEntries(moved.map((node) => [node.id, [node.position[0] + dx, node.position[1] + dy]]));
  return [{ op: "move", graph: path, positions }];
}

export function bypassEdits(graph: Graph, path: string, ids: ReadonlySet<string>): Edit[] {
  const nodes = graph.nodes.filter((node) => ids.has(node.id));
  const bypassed = nodes.some((node) => !node.bypassed);
  return nodes.map((node) => ({ op: "set_node", graph: path, id: node.id, fields: { bypassed } }));
}

/** Move an existing link's end: the old link goes and the new one comes in the same step. */
export function reconnectEdits(path: string, old: Edge, link: Link): Edit[] {
  return sameEdge(old, asEdge(link)) ? [] : [{ op: "disconnect", graph: path, edge: old }, connectEdit(path, link)];
}

/** Join two nodes without naming ports: the first output to the first free input that it fits. */
export function joinEdits(scene: Scene, source: string, target: string): Edit[] {
  const node = findNode(scene.graph, source);
  for (const port of node ? scenePorts(scene, node).outputs : []) {
    const input = freeInput(scene, source, port.name, target);
    if (input) return [connectEdit(scene.path, { source, source_port: port.name, target, target_port: input })];
  }
  return [];
}
