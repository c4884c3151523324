/** Where a network is named. */

import { graphAt, graphPaths } from "../document";
import { namedNetwork } from "../renaming";
import { networksOf } from "./repetitions";
import type { GraphNode, Project } from "../types";

/** Whether any node but one names a network: calls it, uses it as a block, trains it or looks at it. */
export function isMentioned(project: Project, name: string, but?: { graph: string; node: string }): boolean {
  const names = (node: GraphNode) =>
    namedNetwork(node) === name ||
    networksOf(node).includes(name) ||
    (Array.isArray(node.params.networks) && node.params.networks.includes(name));
  return graphPaths(project).some((path) =>
    graphAt(project, path)?.nodes.some((node) => names(node) && !(path === but?.graph && node.id === but.node)),
  );
}
