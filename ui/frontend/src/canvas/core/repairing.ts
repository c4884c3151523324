/** Repairs are made without a screen: before one is applied, room is made for the nodes that it adds. */

import { COLUMN, snap } from "./actions";
import { findNode, graphAt } from "./document";
import { EditError } from "./editParts";
import { applyEdits } from "./edits";
import { LEVEL, freePlace, pushAside } from "./room";
import type { Edge, Edit, Graph, GraphNode, Project } from "./types";

/** The edits with their new nodes where they lie over no other one, and with what has to move aside for that. */
export function makeRoomFor(project: Project, edits: readonly Edit[]): readonly Edit[] {
  try {
    return placeAll(project, edits);
  } catch (error) {
    if (error instanceof EditError) return edits;
    throw error;
  }
}

function placeAll(project: Project, edits: readonly Edit[]): Edit[] {
  const placed: Edit[] = [];
  let current = project;
  for (const edit of edits) {
    const graph = edit.op === "add_node" ? graphAt(current, edit.graph as string) : undefined;
    const steps = graph ? placeNode(current, graph, edit, edits) : [edit];
    current = applyEdits(current, steps);
    placed.push(...steps);
  }
  return placed;
}

function placeNode(project: Project, graph: Graph, edit: Edit, edits: readonly Edit[]): Edit[] {
  const path = edit.graph as string;
  const node = edit.node as GraphNode;
  const links = edits.filter((one) => one.op === "connect" && one.graph === path).map((one) => one.edge as Edge);
  const sources = links.filter((edge) => edge.target === node.id).flatMap((edge) => findNode(graph, edge.source) ?? []);
  const targets = links.filter((edge) => edge.source === node.id).map((edge) => edge.target);
  const x = snap(Math.max(node.position[0], ...sources.map((source) => source.position[0] + COLUMN)));
  const level = sources.find((source) => Math.abs(source.position[1] - node.position[1]) < LEVEL);
  const y = level ? level.position[1] : node.position[1];
  const isCovered = freePlace(graph, node.position) !== node.position;
  if (!isCovered) return [edit];
  const room = sources.length > 0 && isNext(graph, sources, targets) ? pushAside(graph, path, x, targets) : [];
  const roomy = graphAt(applyEdits(project, room), path) ?? graph;
  return [...room, { ...edit, node: { ...node, position: freePlace(roomy, [x, y]) } }];
}

/** Whether nothing stands between the nodes before and those behind: only then is moving these aside what makes room. */
function isNext(graph: Graph, sources: readonly GraphNode[], targets: readonly string[]): boolean {
  const from = Math.max(...sources.map((node) => node.position[0]));
  const to = Math.min(...targets.flatMap((id) => findNode(graph, id)?.position[0] ?? []));
  return !graph.nodes.some(
    ({ position: [x, y] }) => x > from && x < to && sources.some((one) => one.position[1] === y),
  );
}
