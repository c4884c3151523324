/** Adding nodes: anywhere, behind and before others, into links, at the loose end of a link. Each is one list of edits. */

import { COLUMN, connectEdit, snap } from "./actions";
import { findNode } from "./document";
import { suggestId } from "./ids";
import { type Scene, freeInput, refuse, scenePorts } from "./ports";
import { LEVEL, freePlace, pushAside } from "./room";
import type { Edge, Edit, Graph, GraphNode, Json, Kind, Position } from "./types";

export interface Added {
  readonly edits: Edit[];
  readonly id: string;
}

export function newNode(graph: Graph, kind: Kind, position: Position, params: Record<string, Json> = {}): GraphNode {
  const id = suggestId(
    kind.offer?.id ?? kind.kind,
    graph.nodes.map((node) => node.id),
  );
  return {
    id,
    kind: kind.offer?.kind ?? kind.kind,
    params: { ...kind.offer?.params, ...params },
    position: [snap(position[0]), snap(position[1])],
    bypassed: false,
    weights_of: null,
  };
}

export function addAt(scene: Scene, kind: Kind, position: Position): Added {
  const node = newNode(scene.graph, kind, position);
  return { edits: addEdits(scene, kind, node), id: node.id };
}

/** The edits that add a node, after those that a block needs first. */
const addEdits = (scene: Scene, kind: Kind, node: GraphNode): Edit[] => [
  ...(kind.offer?.before ?? []),
  { op: "add_node", graph: scene.path, node },
];

/** Add a node behind another one: linked to it, and put between it and what followed where that is unmistakable. */
export function addAfter(scene: Scene, kind: Kind, after: string): Added {
  return followers(scene, after).length === 1 ? insertAfter(scene, kind, after) : hangOn(scene, kind, after);
}

/** Put a new node behind another one: it takes over everything that followed the first output. */
export function insertAfter(scene: Scene, kind: Kind, after: string): Added {
  const following = followers(scene, after);
  const [first] = following;
  const [input, output] = [firstInput(kind), kind.outputs[0]?.name];
  const previous = findNode(scene.graph, after);
  if (!first || !input || !output || !previous) return hangOn(scene, kind, after);
  const node = newNode(scene.graph, kind, [previous.position[0] + COLUMN, previous.position[1]]);
  return {
    id: node.id,
    edits: [
      ...addEdits(scene, kind, node),
      connectEdit(scene.path, { ...first, target: node.id, target_port: input }),
      ...following.map((edge) => continueEdit(scene.path, edge, node.id, output)),
      ...pushAside(scene.graph, scene.path, node.position[0], targetsOf(following), node.id),
    ],
  };
}

/** Add a node beside what follows another one, linked to its first output. */
function hangOn(scene: Scene, kind: Kind, after: string): Added {
  const previous = findNode(scene.graph, after);
  if (!previous) return addAt(scene, kind, [0, 0]);
  const [x, y] = previous.position;
  const added = addAt(scene, kind, freePlace(scene.graph, [x + COLUMN, y]));
  const [output, input] = [scenePorts(scene, previous).outputs[0]?.name, firstInput(kind)];
  if (!output || !input) return added;
  const link = { source: after, source_port: output, target: added.id, target_port: input };
  return { id: added.id, edits: [...added.edits, connectEdit(scene.path, link)] };
}

/** Put a new node before another one: into the link that comes in first, else linked to the first input. */
export function insertBefore(scene: Scene, kind: Kind, before: string): Added {
  const next = findNode(scene.graph, before);
  const edge = scene.graph.edges.find((one) => one.target === before);
  const [x, y] = next?.position ?? [0, 0];
  if (edge && firstInput(kind) && kind.outputs[0]) return splice(scene, kind, edge, [x - COLUMN, y]);
  const added = addAt(scene, kind, freePlace(scene.graph, [x - COLUMN, y]));
  const [input, output] = [next && scenePorts(scene, next).inputs[0]?.name, kind.outputs[0]?.name];
  if (!input || !output) return added;
  const link = { source: added.id, source_port: output, target: before, target_port: input };
  return { id: added.id, edits: [...added.edits, connectEdit(scene.path, link)] };
}

/** Put a new node into a link: what was one link becomes two. */
export function splice(scene: Scene, kind: Kind, edge: Edge, position: Position): Added {
  const [input, output] = [firstInput(kind), kind.outputs[0]?.name];
  if (!input || !output) return addAt(scene, kind, position);
  const added = addAt(scene, kind, placeInLink(scene, edge, position));
  return { id: added.id, edits: [...added.edits, ...spliceEdits(scene, added.id, [input, output], edge, position)] };
}

/** Put a node that is there into a link, where it has no links of its own and its ports fit; nothing where not. */
export function spliceNode(scene: Scene, id: string, edge: Edge, position: Position): Edit[] {
  const ports = findSplicePorts(scene, id, edge);
  if (!ports) return [];
  const [x, y] = placeInLink(scene, edge, position);
  const moved: Edit = { op: "move", graph: scene.path, positions: { [id]: [snap(x), snap(y)] } };
  return [moved, ...spliceEdits(scene, id, ports, edge, position)];
}

/** The input and the output through which a link would run through a node; undefined where it cannot. */
export function findSplicePorts(scene: Scene, id: string, edge: Edge): [string, string] | undefined {
  const node = findNode(scene.graph, id);
  if (!node || scene.graph.edges.some((one) => one.source === id || one.target === id)) return undefined;
  const input = freeInput(scene, edge.source, edge.source_port, id);
  const output = scenePorts(scene, node).outputs.find(
    (port) => !refuse(scene, { ...edge, source: id, source_port: port.name }),
  );
  return input && output ? [input, output.name] : undefined;
}

function spliceEdits(scene: Scene, id: string, ports: readonly [string, string], edge: Edge, at: Position): Edit[] {
  return [
    connectEdit(scene.path, { ...edge, target: id, target_port: ports[0] }),
    continueEdit(scene.path, edge, id, ports[1]),
    ...pushAside(scene.graph, scene.path, snap(placeInLink(scene, edge, at)[0]), [edge.target], id),
  ];
}

/** A place in a link: not over the node where the link starts, and level with it where that was nearly so. */
function placeInLink(scene: Scene, edge: Edge, [x, y]: Position): Position {
  const source = findNode(scene.graph, edge.source)?.position ?? [x - COLUMN, y];
  return [Math.max(x, source[0] + COLUMN), Math.abs(y - source[1]) < LEVEL ? source[1] : y];
}

/** Add a node for a link that was dropped in empty space. */
export function addLinked(
  scene: Scene,
  kind: Kind,
  position: Position,
  loose: { node: string; port: string; isSource: boolean },
): Added {
  const added = addAt(scene, kind, position);
  const port = loose.isSource ? firstInput(kind) : kind.outputs[0]?.name;
  if (!port) return added;
  const link = loose.isSource
    ? { source: loose.node, source_port: loose.port, target: added.id, target_port: port }
    : { source: added.id, source_port: port, target: loose.node, target_port: loose.port };
  return { id: added.id, edits: [...added.edits, connectEdit(scene.path, link)] };
}

/** The links that leave the first output of a node. */
function followers(scene: Scene, id: string): Edge[] {
  const node = findNode(scene.graph, id);
  const output = node && scenePorts(scene, node).outputs[0];
  return scene.graph.edges.filter((edge) => edge.source === id && edge.source_port === output?.name);
}

/** The port that a link takes on a node of this kind which has none yet. */
export function firstInput(kind: Kind): string | undefined {
  const port = kind.inputs.find((one) => !one.optional) ?? kind.inputs[0];
  return port && (port.variadic ? `${port.name}.0` : port.name);
}

const continueEdit = (path: string, edge: Edge, source: string, source_port: string): Edit => ({
  op: "connect",
  graph: path,
  edge: { ...edge, source, source_port, via: [] },
});

const targetsOf = (edges: readonly Edge[]): string[] => edges.map((edge) => edge.target);
