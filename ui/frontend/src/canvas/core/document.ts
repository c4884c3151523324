/** Reading a project as the canvas wants it: every default filled in, so that no one else has to ask for a missing field. */

import {
  type Edge,
  type Frame,
  type FrameColour,
  type Graph,
  type GraphNode,
  type Json,
  NETWORKS,
  type Note,
  type Position,
  type Project,
  TRAINING,
} from "./types";

type Loose = Record<string, unknown>;

export const EMPTY_GRAPH: Graph = { nodes: [], edges: [], params: {}, frames: [], notes: [], weights: null };

export function fillProject(loose: Loose): Project {
  const networks = (loose.networks ?? {}) as Record<string, Loose>;
  return {
    ...loose,
    format: (loose.format as number) ?? 1,
    name: (loose.name as string) ?? "Untitled",
    description: (loose.description as string) ?? "",
    networks: Object.fromEntries(Object.entries(networks).map(([name, graph]) => [name, fillGraph(graph)])),
    training: fillGraph((loose.training ?? {}) as Loose),
    data: (loose.data ?? {}) as Record<string, Json>,
    run: (loose.run ?? {}) as Record<string, Json>,
  };
}

export function fillGraph(loose: Loose): Graph {
  return {
    weights: null,
    ...loose,
    nodes: ((loose.nodes ?? []) as Loose[]).map(fillNode),
    edges: ((loose.edges ?? []) as Loose[]).map(fillEdge),
    params: (loose.params ?? {}) as Record<string, Json>,
    frames: ((loose.frames ?? []) as Loose[]).map(fillFrame),
    notes: ((loose.notes ?? []) as Loose[]).map(fillNote),
  };
}

export function fillFrame(loose: Loose): Frame {
  return {
    title: (loose.title ?? "") as string,
    position: (loose.position ?? [0, 0]) as Position,
    size: (loose.size ?? [240, 160]) as Position,
    colour: (loose.colour ?? "grey") as FrameColour,
  };
}

export function fillNote(loose: Loose): Note {
  return {
    text: (loose.text ?? "") as string,
    position: (loose.position ?? [0, 0]) as Position,
    size: (loose.size ?? [240, 120]) as Position,
  };
}

export function fillNode(loose: Loose): GraphNode {
  return {
    id: loose.id as string,
    kind: loose.kind as string,
    params: (loose.params ?? {}) as Record<string, Json>,
    position: (loose.position ?? [0, 0]) as Position,
    bypassed: (loose.bypassed ?? false) as boolean,
    weights_of: (loose.weights_of ?? null) as string | null,
  };
}

export function fillEdge(loose: Loose): Edge {
  return {
    source: loose.source as string,
    target: loose.target as string,
    source_port: (loose.source_port ?? "output") as string,
    target_port: (loose.target_port ?? "input") as string,
    via: (loose.via ?? []) as Position[],
  };
}

export function graphPaths(project: Project): string[] {
  return [...Object.keys(project.networks).map((name) => NETWORKS + name), TRAINING];
}

export function graphAt(project: Project, path: string): Graph | undefined {
  return path === TRAINING ? project.training : project.networks[path.slice(NETWORKS.length)];
}

export function withGraph(project: Project, path: string, graph: Graph): Project {
  if (path === TRAINING) return { ...project, training: graph };
  return { ...project, networks: { ...project.networks, [path.slice(NETWORKS.length)]: graph } };
}

/** Remember what was made of a part for as long as there is the part: neither documents nor analyses are changed in place. */
export function rememberFor<A extends object, T>(make: (part: A) => T): (part: A) => T {
  const known = new WeakMap<A, T>();
  return (part) => {
    const found = known.get(part);
    if (found !== undefined) return found;
    const made = make(part);
    known.set(part, made);
    return made;
  };
}

/** Nodes by id; where several bear one, the first. */
const indexNodes = rememberFor(
  (nodes: readonly GraphNode[]): ReadonlyMap<string, GraphNode> =>
    new Map(nodes.toReversed().map((node) => [node.id, node])),
);

export function findNode(graph: Graph, id: string): GraphNode | undefined {
  return indexNodes(graph.nodes).get(id);
}

export interface LinkedPorts {
  readonly into: readonly string[];
  readonly from: readonly string[];
}

const UNLINKED: LinkedPorts = { into: [], from: [] };

const indexPorts = rememberFor((edges: readonly Edge[]): ReadonlyMap<string, LinkedPorts> => {
  const ports = new Map<string, { into: string[]; from: string[] }>();
  const at = (id: string) => {
    const known = ports.get(id) ?? { into: [], from: [] };
    ports.set(id, known);
    return known;
  };
  for (const edge of edges) {
    at(edge.source).from.push(edge.source_port);
    at(edge.target).into.push(edge.target_port);
  }
  return ports;
});

/** The ports of a node that have links, in the order of the links. */
export function linkedPorts(graph: Graph, id: string): LinkedPorts {
  return indexPorts(graph.edges).get(id) ?? UNLINKED;
}

export function sameEdge(a: Edge, b: Edge): boolean {
  return (
    a.source === b.source && a.source_port === b.source_port && a.target === b.target && a.target_port === b.target_port
  );
}

/** A key for an edge that no id can forge: ids hold no spaces. */
export function edgeKey(edge: Edge): string {
  return `${edge.source} ${edge.source_port} ${edge.target} ${edge.target_port}`;
}
