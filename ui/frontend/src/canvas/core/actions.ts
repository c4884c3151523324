/** What a person does, as lists of edits: each list is one step of the history. */

import { findNode, sameEdge } from "./document";
import { type Link, type Scene, freeInput, scenePorts } from "./ports";
import type { Edge, Edit, Graph } from "./types";

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

/** Kinds that always take part: they are the ports of a network. */
export const ENDS: readonly string[] = ["Input", "Output"];

/** Switch nodes off, or on again where all of them are off. */
export function bypassEdits(graph: Graph, path: string, ids: ReadonlySet<string>): Edit[] {
  const nodes = graph.nodes.filter((node) => ids.has(node.id) && !ENDS.includes(node.kind));
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
