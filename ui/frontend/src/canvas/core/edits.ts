/**
 * Changes to a project as data, the twin of `builder/edits.py`: the files under `tests/fixtures/edits` hold the two to the
 * same behaviour. Nothing is mutated; what did not change stays the same object.
 */

import { EMPTY_GRAPH, fillEdge, fillGraph, fillNode, findNode, sameEdge, withGraph } from "./document";
import {
  EditError,
  nameGraph,
  requireGraph,
  requireNode,
  takeList,
  takeObject,
  takeText,
  takeValue,
} from "./editParts";
import { renameParam } from "./paramRenaming";
import { renameGraph, renameNode } from "./renaming";
import {
  type Edge,
  type Edit,
  type Graph,
  type GraphNode,
  type Json,
  NETWORKS,
  type Position,
  type Project,
} from "./types";

export function applyEdits(project: Project, edits: readonly Edit[]): Project {
  return edits.reduce(applyEdit, project);
}

export function applyEdit(project: Project, edit: Edit): Project {
  const whole = PROJECT_EDITS[edit.op];
  if (whole) return whole(project, edit);
  const change = GRAPH_EDITS[edit.op];
  if (!change) throw new EditError(`There is no edit named "${edit.op}".`);
  const path = takeText(edit, "graph");
  return withGraph(project, path, change(requireGraph(project, path), edit, path));
}

function replaceNode(graph: Graph, changed: GraphNode, id = changed.id): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === id ? changed : node)) };
}

function addNode(graph: Graph, edit: Edit, path: string): Graph {
  const node = fillNode(takeObject(edit, "node"));
  if (findNode(graph, node.id)) throw new EditError(`There is already a node "${node.id}" in ${nameGraph(path)}.`);
  const index = typeof edit.index === "number" ? Math.max(0, edit.index) : graph.nodes.length;
  return { ...graph, nodes: graph.nodes.toSpliced(index, 0, node) };
}

function removeNode(graph: Graph, edit: Edit, path: string): Graph {
  const { id } = requireNode(graph, takeText(edit, "id"), path);
  const edges = graph.edges.filter((edge) => edge.source !== id && edge.target !== id);
  return { ...graph, nodes: graph.nodes.filter((node) => node.id !== id), edges };
}

function connect(graph: Graph, edit: Edit, path: string): Graph {
  const edge = fillEdge(takeObject(edit, "edge"));
  requireNode(graph, edge.source, path);
  requireNode(graph, edge.target, path);
  const occupies = (other: Edge) => other.target === edge.target && other.target_port === edge.target_port;
  const place = graph.edges.findIndex(occupies);
  if (place < 0) return { ...graph, edges: [...graph.edges, edge] };
  const edges = graph.edges.flatMap((other, at) => (at === place ? [edge] : occupies(other) ? [] : [other]));
  return { ...graph, edges };
}

function disconnect(graph: Graph, edit: Edit, path: string): Graph {
  const edge = fillEdge(takeObject(edit, "edge"));
  const edges = graph.edges.filter((other) => !sameEdge(other, edge));
  if (edges.length < graph.edges.length) return { ...graph, edges };
  throw missingLink(edge, path);
}

function missingLink(edge: Edge, path: string): EditError {
  const [start, end] = [`${edge.source}.${edge.source_port}`, `${edge.target}.${edge.target_port}`];
  return new EditError(`There is no link from "${start}" to "${end}" in ${nameGraph(path)}.`);
}

function setParam(graph: Graph, edit: Edit, path: string): Graph {
  const node = requireNode(graph, takeText(edit, "id"), path);
  const params = { ...node.params, [takeText(edit, "name")]: takeValue(edit) };
  return replaceNode(graph, { ...node, params });
}

function unsetParam(graph: Graph, edit: Edit, path: string): Graph {
  const node = requireNode(graph, takeText(edit, "id"), path);
  const name = takeText(edit, "name");
  const params = Object.fromEntries(Object.entries(node.params).filter(([key]) => key !== name));
  return replaceNode(graph, { ...node, params });
}

const SETTABLE = ["bypassed", "weights_of", "kind"];

function setNode(graph: Graph, edit: Edit, path: string): Graph {
  const node = requireNode(graph, takeText(edit, "id"), path);
  const fields = takeObject(edit, "fields");
  const unknown = Object.keys(fields).find((name) => !SETTABLE.includes(name));
  if (unknown) throw new EditError(`The edit "set_node" cannot set "${unknown}".`);
  return replaceNode(graph, { ...node, ...(fields as Partial<GraphNode>) });
}

function move(graph: Graph, edit: Edit, path: string): Graph {
  const positions = takeObject(edit, "positions") as Record<string, Position>;
  for (const id of Object.keys(positions)) requireNode(graph, id, path);
  const moved = (node: GraphNode) => {
    const position = Object.hasOwn(positions, node.id) ? positions[node.id] : undefined;
    return position ? { ...node, position } : node;
  };
  return { ...graph, nodes: graph.nodes.map(moved) };
}

function setVia(graph: Graph, edit: Edit, path: string): Graph {
  const wanted = fillEdge(takeObject(edit, "edge"));
  const via = takeList(edit, "via") as Position[];
  if (!graph.edges.some((edge) => sameEdge(edge, wanted))) throw missingLink(wanted, path);
  return { ...graph, edges: graph.edges.map((edge) => (sameEdge(edge, wanted) ? { ...edge, via } : edge)) };
}

const SETTABLE_OF_A_GRAPH = ["frames", "notes", "params", "weights"];

function setGraph(graph: Graph, edit: Edit): Graph {
  const fields = takeObject(edit, "fields");
  const unknown = Object.keys(fields).find((name) => !SETTABLE_OF_A_GRAPH.includes(name));
  if (unknown) throw new EditError(`The edit "set_graph" cannot set "${unknown}".`);
  const filled = fillGraph(fields);
  return { ...graph, ...Object.fromEntries(Object.keys(fields).map((name) => [name, filled[name]])) };
}

const GRAPH_EDITS: Record<string, (graph: Graph, edit: Edit, path: string) => Graph> = {
  add_node: addNode,
  remove_node: removeNode,
  connect,
  disconnect,
  set_param: setParam,
  unset_param: unsetParam,
  set_node: setNode,
  move,
  set_via: setVia,
  set_graph: setGraph,
};

function setValue(project: Project, edit: Edit): Project {
  const path = takeText(edit, "path");
  const value = takeValue(edit);
  const keys = path.split(".");
  const whole = keys.length === 1 && ["name", "description"].includes(path);
  if (!whole && !(["run", "data"].includes(keys[0] ?? "") && keys.length > 1)) {
    throw new EditError(`"${path}" cannot be set. Paths start with name, description, run or data.`);
  }
  return setAt(project as unknown as Json, keys, value, path) as unknown as Project;
}

function setAt(holder: Json | undefined, keys: readonly string[], value: Json, path: string, depth = 0): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (typeof holder !== "object" || holder === null || Array.isArray(holder)) {
    const parent = path.split(".").slice(0, depth).join(".");
    throw new EditError(`There is nothing at "${parent}" that "${key}" could be set in.`);
  }
  if (value === null && rest.length === 0 && depth === 1 && path.startsWith("data.")) {
    return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
  }
  return { ...holder, [key]: setAt(holder[key], rest, value, path, depth + 1) };
}

function addGraph(project: Project, edit: Edit): Project {
  const name = takeText(edit, "name");
  if (project.networks[name]) throw new EditError(`There is already a network "${name}" in this project.`);
  const graph = edit.graph as Record<string, unknown> | undefined;
  return withGraph(project, NETWORKS + name, graph ? fillGraph(graph) : EMPTY_GRAPH);
}

function removeGraph(project: Project, edit: Edit): Project {
  const name = takeText(edit, "name");
  requireGraph(project, NETWORKS + name);
  const networks = Object.fromEntries(Object.entries(project.networks).filter(([other]) => other !== name));
  return { ...project, networks };
}

const PROJECT_EDITS: Record<string, (project: Project, edit: Edit) => Project> = {
  rename_node: renameNode,
  rename_graph: renameGraph,
  rename_param: renameParam,
  set: setValue,
  add_graph: addGraph,
  remove_graph: removeGraph,
};
