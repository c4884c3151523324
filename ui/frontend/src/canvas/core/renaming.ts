/** Giving a node or a network another name. Everything that names it follows. The twin of `builder/renaming.py`. */

import { findNode, graphAt, graphPaths, withGraph } from "./document";
import { EditError, nameGraph, requireGraph, requireNode, takeText } from "./editParts";
import { renameInGroups } from "./groupRenaming";
import { type Edge, type Edit, type Graph, type GraphNode, type Json, NETWORKS, type Project, TRAINING } from "./types";

/** The network that a node of these kinds names where its parameters say nothing. */
const BY_DEFAULT = ["Network", "DecisionSurface", "GreedyDecoding", "TextGeneration", "DiffusionSamples"];
const DEFAULT_NETWORKS = new Map(BY_DEFAULT.map((kind) => [kind, "model"]));

/** Where several nodes bear the id, `index` says which is meant: only that one is renamed, and what names the id stays. */
export function renameNode(project: Project, edit: Edit): Project {
  const [path, id, to] = [takeText(edit, "graph"), takeText(edit, "id"), takeText(edit, "to")];
  const graph = requireGraph(project, path);
  const node = requireNode(graph, id, path);
  const index = findIndex(graph, edit, id, path);
  if (to === id) return project;
  if (findNode(graph, to)) throw new EditError(`There is already a node "${to}" in ${nameGraph(path)}.`);
  if (index !== undefined && graph.nodes.filter((other) => other.id === id).length > 1) {
    return withGraph(project, path, { ...graph, nodes: graph.nodes.with(index, { ...graph.nodes[index]!, id: to }) });
  }
  const followed = path === TRAINING ? project : renameInGroups(project, path.slice(NETWORKS.length), id, to);
  const renamed = withGraph(followed, path, renameInGraph(graph, id, to));
  if (path === TRAINING) return renameInRun(renamed, id, to);
  return renamePorts(renamed, path.slice(NETWORKS.length), node, to);
}

/** The place that an edit names, if it names one. */
function findIndex(graph: Graph, edit: Edit, id: string, path: string): number | undefined {
  const { index } = edit;
  if (index === undefined || index === null) return undefined;
  if (!Number.isInteger(index)) throw new EditError(`The edit "${edit.op}" takes a whole number as "index".`);
  if (graph.nodes[index as number]?.id !== id) {
    throw new EditError(`There is no node "${id}" at place ${index} of ${nameGraph(path)}.`);
  }
  return index as number;
}

function renameInGraph(graph: Graph, id: string, to: string): Graph {
  const swap = (name: string) => (name === id ? to : name);
  const nodes = graph.nodes.map((node) =>
    node.id === id || node.weights_of === id
      ? { ...node, id: swap(node.id), weights_of: node.weights_of === id ? to : node.weights_of }
      : node,
  );
  const edges = graph.edges.map((edge) =>
    edge.source === id || edge.target === id ? { ...edge, source: swap(edge.source), target: swap(edge.target) } : edge,
  );
  return { ...graph, nodes, edges, weights: renameInMap(graph.weights as Json, id, to) };
}

/**
 * What the tensors of a network are called elsewhere follows. A name that was the same elsewhere is noted now; not where it
 * is another node that is called so there.
 */
function renameInMap(weights: Json, id: string, to: string): Json {
  if (typeof weights !== "object" || weights === null || Array.isArray(weights)) return weights;
  const given = weights.names;
  if (typeof given !== "object" || given === null || Array.isArray(given)) return weights;
  const isOf = (name: string) => name === id || name.startsWith(`${id}.`);
  const entries = Object.entries(given).map(([name, other]) => [isOf(name) ? to + name.slice(id.length) : name, other]);
  const isNoted = Object.keys(given).some(isOf) || Object.values(given).includes(id);
  const names = isNoted ? Object.fromEntries(entries) : { ...given, [to]: id };
  return { ...weights, names };
}

/** The run and the schedules of optimizers follow the metric that they watch. */
function renameInRun(project: Project, id: string, to: string): Project {
  const follow = ([name, part]: [string, Json]): [string, Json] => {
    const watches = name === "keep_best" || name === "early_stopping";
    if (!watches || typeof part !== "object" || part === null || Array.isArray(part)) return [name, part];
    return [name, part.metric === id ? { ...part, metric: to } : part];
  };
  const nodes = project.training.nodes.map((node) => renameInSchedule(node, id, to));
  const run = Object.fromEntries(Object.entries(project.run).map(follow));
  return { ...project, training: { ...project.training, nodes }, run };
}

function renameInSchedule(node: GraphNode, id: string, to: string): GraphNode {
  const schedule = node.params.schedule;
  if (typeof schedule !== "object" || schedule === null || Array.isArray(schedule) || schedule.metric !== id)
    return node;
  return { ...node, params: { ...node.params, schedule: { ...schedule, metric: to } } };
}

const USES = ["Network", "Block"];

/** An Input or Output node of a network names a port wherever the network is used. */
function renamePorts(project: Project, network: string, node: GraphNode, to: string): Project {
  if (node.kind !== "Input" && node.kind !== "Output") return project;
  const isInput = node.kind === "Input";
  return graphPaths(project).reduce((changed, path) => {
    const graph = graphAt(changed, path);
    if (!graph) return changed;
    const uses = new Set(
      graph.nodes.filter((use) => USES.includes(use.kind) && namedNetwork(use) === network).map((use) => use.id),
    );
    if (uses.size === 0) return changed;
    const follow = (edge: Edge): Edge => {
      if (isInput && uses.has(edge.target) && edge.target_port === node.id) return { ...edge, target_port: to };
      if (!isInput && uses.has(edge.source) && edge.source_port === node.id) return { ...edge, source_port: to };
      return edge;
    };
    return withGraph(changed, path, { ...graph, edges: graph.edges.map(follow) });
  }, project);
}

export function namedNetwork(node: GraphNode): Json | undefined {
  return "network" in node.params ? node.params.network : DEFAULT_NETWORKS.get(node.kind);
}

/** A network keeps its place; calls, blocks, previews, penalties and optimizers follow. */
export function renameGraph(project: Project, edit: Edit): Project {
  const [old, to] = [takeText(edit, "name"), takeText(edit, "to")];
  requireGraph(project, NETWORKS + old);
  if (to === old) return project;
  if (Object.hasOwn(project.networks, to)) throw new EditError(`There is already a network "${to}" in this project.`);
  const networks = Object.entries(project.networks).map(([name, graph]) => [name === old ? to : name, graph] as const);
  const renamed: Project = { ...project, networks: Object.fromEntries(networks) };
  return graphPaths(renamed).reduce((changed, path) => {
    const graph = graphAt(changed, path)!;
    const nodes = graph.nodes.map((node) => renameInParams(node, old, to));
    return nodes.every((node, at) => node === graph.nodes[at])
      ? changed
      : withGraph(changed, path, { ...graph, nodes });
  }, renamed);
}

function renameInParams(node: GraphNode, old: string, to: string): GraphNode {
  const { networks, groups } = node.params;
  const changes: Record<string, Json> = {};
  if (namedNetwork(node) === old) changes.network = to;
  if (node.kind === "Block" && node.params.first_network === old) changes.first_network = to;
  if (Array.isArray(networks) && networks.includes(old)) {
    changes.networks = networks.map((name) => (name === old ? to : name));
    if (Array.isArray(groups) && networks.length > 1)
      changes.groups = groups.map((group) => renameInGroup(group, old, to));
  }
  return Object.keys(changes).length > 0 ? { ...node, params: { ...node.params, ...changes } } : node;
}

/** A pattern of weights follows: with several networks it starts with the name of one, `decoder.conv*.weight`. */
function renameInGroup(group: Json, old: string, to: string): Json {
  if (typeof group !== "object" || group === null || Array.isArray(group)) return group;
  const { match } = group;
  if (typeof match !== "string" || !match.startsWith(`${old}.`)) return group;
  return { ...group, match: to + match.slice(old.length) };
}
