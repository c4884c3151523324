/** What edits are made of, read or refused with a sentence. */

import { findNode, graphAt, graphPaths } from "./document";
import { type Edit, type Graph, type GraphNode, type Json, NETWORKS, type Project, TRAINING } from "./types";

export class EditError extends Error {}

/** How a graph is called in a sentence, without an article. */
export function nameGraph(path: string): string {
  return path === TRAINING ? "training graph" : `network "${path.slice(NETWORKS.length)}"`;
}

export function requireGraph(project: Project, path: string): Graph {
  const graph = graphPaths(project).includes(path) ? graphAt(project, path) : undefined;
  if (!graph) throw new EditError(`There is no ${nameGraph(path)} in this project.`);
  return graph;
}

export function requireNode(graph: Graph, id: string, path: string): GraphNode {
  const node = findNode(graph, id);
  if (!node) throw new EditError(`There is no node "${id}" in ${nameGraph(path)}.`);
  return node;
}

export function takeText(edit: Edit, key: string): string {
  const value = edit[key];
  if (typeof value !== "string") throw new EditError(`The edit "${edit.op}" needs "${key}".`);
  return value;
}

export function takeObject(edit: Edit, key: string): Record<string, unknown> {
  const value = edit[key];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new EditError(`The edit "${edit.op}" needs "${key}".`);
  }
  return value as Record<string, unknown>;
}

export function takeList(edit: Edit, key: string): unknown[] {
  const value = edit[key];
  if (!Array.isArray(value)) throw new EditError(`The edit "${edit.op}" needs "${key}".`);
  return value;
}

export function takeValue(edit: Edit): Json {
  if (!("value" in edit)) throw new EditError(`The edit "${edit.op}" needs "value".`);
  return edit.value as Json;
}
