/** Where a network is named. */

import { graphAt, graphPaths } from "../document";
import { namedNetwork } from "../renaming";
import { networksOf } from "./repetitions";
import type { GraphNode, Project } from "../types";

export interface Mention {
  readonly graph: string;
  readonly node: GraphNode;
}

/** Every node that names a network: calls it, uses it as a block, trains it or looks at it. */
export function listMentions(project: Project, name: string): Mention[] {
  const names = (node: GraphNode) =>
    namedNetwork(node) === name ||
    networksOf(node).includes(name) ||
    (Array.isArray(node.params.networks) && node.params.networks.includes(name));
  return graphPaths(project).flatMap((graph) =>
    (graphAt(project, graph)?.nodes ?? []).filter(names).map((node) => ({ graph, node })),
  );
}

/** Whether any node but one names a network. */
export const isMentioned = (project: Project, name: string, but?: { graph: string; node: string }): boolean =>
  listMentions(project, name).some(({ graph, node }) => graph !== but?.graph || node.id !== but.node);
