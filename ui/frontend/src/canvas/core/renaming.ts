/** Giving a node another id. Everything that names it follows. */

import { findNode, graphAt, graphPaths, withGraph } from "./document";
import { EditError, nameGraph, requireGraph, requireNode, takeText } from "./edits";
import { type Edge, type Edit, type Graph, type GraphNode, type Json, NETWORKS, type Project, TRAINING } from "./types";

export function renameNode(project: Project, edit: Edit): Project {
  const [path, id, to] = [takeText(edit, "graph"), takeText(edit, "id"), takeText(edit, "to")];
  const graph = requireGraph(project, path);
  const node = requireNode(graph, id, path);
  if (to === id) return project;
  if (findNode(graph, to)) throw new EditError(`There is already a node "${to}" in ${nameGraph(path)}.`);
  const renamed = withGraph(project, path, renameInGraph(graph, id, to));
  if (path === TRAINING) return renameInRun(renamed, id, to);
  return renamePorts(renamed, path.slice(NETWORKS.length), node, to);
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
  return { ...graph, nodes, edges };
}

/** The run, and every schedule that waits for a metric, follow the metric that they watch. */
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
      graph.nodes.filter((use) => USES.includes(use.kind) && use.params.network === network).map((use) => use.id),
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
