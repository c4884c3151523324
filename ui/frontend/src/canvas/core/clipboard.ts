/** Copying and pasting: nodes as JSON text that can be carried between graphs, projects and tabs. */

import { snap } from "./actions";
import { COLOURS, annotationsWithin, pickAnnotations } from "./annotations";
import { fillEdge, fillFrame, fillNote, findNode } from "./document";
import { nextId } from "./ids";
import type { Edge, Edit, Frame, Graph, GraphNode, Note, Position } from "./types";

/**
 * Copy nodes as text that can be pasted anywhere: with the links among them, those that come in from elsewhere, the frames and
 * notes that lie among them, and those that are picked as well.
 */
export function copyText(
  graph: Graph,
  path: string,
  ids: ReadonlySet<string>,
  annotations: ReadonlySet<string> = new Set(),
): string {
  const nodes = graph.nodes.filter((node) => ids.has(node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const incoming = graph.edges.filter((edge) => !ids.has(edge.source) && ids.has(edge.target));
  const { frames, notes } = pickAnnotations(
    graph,
    new Set([...annotationsWithin(graph, ids), ...annotations]),
    (at) => at,
  );
  const beside = { ...(frames.length > 0 && { frames }), ...(notes.length > 0 && { notes }) };
  return JSON.stringify({ layerloom: sortOf(path), nodes, edges, incoming, ...beside }, null, 1);
}

const sortOf = (path: string) => (path === "training" ? "training" : "network");

export interface Clip {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  /** Links from nodes that were not copied. */
  readonly incoming: readonly Edge[];
  readonly frames: readonly Frame[];
  readonly notes: readonly Note[];
}

const NOT_NODES = "The clipboard holds no nodes. Copy some with Ctrl+C first.";

/** Read copied text. Raises with a sentence where it is something else. */
export function readClip(text: string, path: string): Clip {
  let clip: {
    layerloom?: string;
    nodes?: unknown;
    edges?: unknown;
    incoming?: unknown;
    frames?: unknown;
    notes?: unknown;
  } | null;
  try {
    clip = JSON.parse(text) as typeof clip;
  } catch {
    throw new Error(NOT_NODES);
  }
  if (!clip || !Array.isArray(clip.nodes) || !clip.nodes.every(isNode)) throw new Error(NOT_NODES);
  if (clip.layerloom && clip.layerloom !== sortOf(path)) {
    const from = clip.layerloom === "training" ? "training graph" : "network";
    throw new Error(`These nodes are from a ${from} and fit only there.`);
  }
  return {
    nodes: clip.nodes as GraphNode[],
    edges: readEdges(clip.edges),
    incoming: readEdges(clip.incoming),
    frames: readPieces(clip.frames).map(readFrame),
    notes: readPieces(clip.notes).map(fillNote),
  };
}

const readEdges = (edges: unknown): Edge[] =>
  Array.isArray(edges) ? edges.filter((edge) => typeof edge === "object" && edge !== null).map(readEdge) : [];

function readEdge(loose: Record<string, unknown>): Edge {
  const edge = fillEdge(loose);
  return { ...edge, via: Array.isArray(edge.via) ? edge.via.filter(isPoint) : [] };
}

const isPoint = (point: unknown): point is Position =>
  Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);

/** Frames or notes: what has a place and a size. */
const readPieces = (pieces: unknown): Record<string, unknown>[] =>
  Array.isArray(pieces) ? pieces.filter((piece) => isPoint(piece?.position) && isPoint(piece?.size)) : [];

function readFrame(loose: Record<string, unknown>): Frame {
  const frame = fillFrame(loose);
  return COLOURS.includes(frame.colour) ? frame : { ...frame, colour: "grey" };
}

function isNode(node: unknown): boolean {
  const { id, kind } = (node ?? {}) as { id?: unknown; kind?: unknown };
  return typeof id === "string" && typeof kind === "string";
}

export interface PasteOptions {
  /** Where the corner of what is pasted comes to lie; else it lies beside where it was. */
  readonly at?: Position | undefined;
  /** Whether copies get their links from the nodes that fed what was copied, where those are here. */
  readonly keepsIncoming?: boolean;
}

/** Paste nodes under free names. */
export function pasteEdits(
  graph: Graph,
  path: string,
  clip: Clip,
  { at, keepsIncoming = false }: PasteOptions = {},
): { edits: Edit[]; ids: string[] } {
  const taken = new Set(graph.nodes.map((node) => node.id));
  const names = new Map<string, string>();
  for (const node of clip.nodes) {
    const id = taken.has(node.id) ? nextId(node.id, taken) : node.id;
    taken.add(id);
    names.set(node.id, id);
  }
  const shift = shiftTo(clip.nodes, at);
  const nodes = clip.nodes.map((node) => ({
    ...node,
    id: names.get(node.id) as string,
    position: moved(placeOf(node), shift),
    weights_of: node.weights_of
      ? (names.get(node.weights_of) ?? (findNode(graph, node.weights_of) ? node.weights_of : null))
      : null,
  }));
  const inner = clip.edges.filter((edge) => names.has(edge.source) && names.has(edge.target));
  const outer = keepsIncoming ? clip.incoming.filter((edge) => findNode(graph, edge.source)) : [];
  const edges = [
    ...inner.map((edge) => ({
      ...edge,
      source: names.get(edge.source),
      via: edge.via.map((point) => moved(point, shift)),
    })),
    ...outer.map((edge) => ({ ...edge, via: [] })),
  ];
  return {
    ids: nodes.map((node) => node.id),
    edits: [
      ...nodes.map((node): Edit => ({ op: "add_node", graph: path, node })),
      ...edges.map((edge): Edit => ({
        op: "connect",
        graph: path,
        edge: { ...edge, target: names.get(edge.target) },
      })),
      ...pasteBeside(graph, path, clip, shift),
    ],
  };
}

function pasteBeside(graph: Graph, path: string, { frames, notes }: Clip, shift: Position): Edit[] {
  const put = <T extends Frame | Note>(pieces: readonly T[]): T[] =>
    pieces.map((piece) => ({ ...piece, position: moved(piece.position, shift) }));
  const fields = {
    ...(frames.length > 0 && { frames: [...graph.frames, ...put(frames)] }),
    ...(notes.length > 0 && { notes: [...graph.notes, ...put(notes)] }),
  };
  return Object.keys(fields).length > 0 ? [{ op: "set_graph", graph: path, fields }] : [];
}

const moved = ([x, y]: Position, [dx, dy]: Position): Position => [snap(x + dx), snap(y + dy)];

const placeOf = ({ position }: GraphNode): Position => (isPoint(position) ? position : [0, 0]);

function shiftTo(nodes: readonly GraphNode[], at: Position | undefined): Position {
  if (!at) return [32, 32];
  const left = Math.min(...nodes.map((node) => placeOf(node)[0]));
  const top = Math.min(...nodes.map((node) => placeOf(node)[1]));
  return [at[0] - left, at[1] - top];
}
