/** Where a network is named. */

import { graphAt, graphPaths } from "../document";
import { namedNetwork } from "../renaming";
import type { GraphNode, Project } from "../types";

/** Whether any node but one names a network: calls it, uses it as a block, trains it or looks at it. */
export function isMentioned(project: Project, name: string, but?: { graph: string; node: string }): boolean {
  const names = ({ params, ...node }: GraphNode) =>
    namedNetwork({ params, ...node }) === name || (Array.isArray(params.networks) && params.networks.includes(name));
  return graphPaths(project).some((path) =>
    graphAt(project, path)?.nodes.some((node) => names(node) && !(path === but?.graph && node.id === but.node)),
  );
}
