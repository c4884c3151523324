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

export function findNode(graph: Graph, id: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.id === id);
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
