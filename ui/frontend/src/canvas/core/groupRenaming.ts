/** Groups of optimizers follow a node that gets another name: `layer1.0.conv1`. The twin of `builder/group_renaming.py`. */

import { networkAt } from "./blocks/repetitions";
import { findNode } from "./document";
import type { GraphNode, Json, Project } from "./types";

/** A node that gets another name, and the project as it was before. */
interface Renaming {
  readonly project: Project;
  readonly network: string;
  readonly old: string;
  readonly to: string;
}

/** Let every group of parameters follow a node of a network that still bears its old name. */
export function renameInGroups(project: Project, network: string, old: string, to: string): Project {
  const nodes = project.training.nodes.map((node) => followNode({ project, network, old, to }, node));
  if (nodes.every((node, at) => node === project.training.nodes[at])) return project;
  return { ...project, training: { ...project.training, nodes } };
}

function followNode(renaming: Renaming, node: GraphNode): GraphNode {
  const { networks, groups } = node.params;
  if (!Array.isArray(networks) || !Array.isArray(groups)) return node;
  const followed = groups.map((group) => followGroup(renaming, group, networks));
  if (followed.every((group, at) => group === groups[at])) return node;
  return { ...node, params: { ...node.params, groups: followed } };
}

/** Where an optimizer trains several networks, a pattern starts with the name of one. */
function followGroup(renaming: Renaming, group: Json, networks: readonly Json[]): Json {
  if (typeof group !== "object" || group === null || Array.isArray(group)) return group;
  const { match } = group;
  if (typeof match !== "string" || networks.length === 0) return group;
  const steps = match.split(".");
  const start = networks.length > 1 ? 1 : 0;
  const root = start ? steps[0] : networks[0];
  const followed = [...steps.slice(0, start), ...followSteps(renaming, root, steps.slice(start))].join(".");
  return followed === match ? group : { ...group, match: followed };
}

/** The steps of a way that begins in a network: nodes, and in blocks that repeat the number of the repetition. */
function followSteps(renaming: Renaming, network: Json | undefined, steps: readonly string[]): readonly string[] {
  const { project, old, to } = renaming;
  const [first = "", second = ""] = steps;
  const graph = typeof network === "string" ? project.networks[network] : undefined;
  const node = graph && findNode(graph, first);
  if (!node) return steps;
  const turn = /^[0-9]+$/.test(second) ? [second] : [];
  const name = network === renaming.network && node.id === old ? to : node.id;
  const below = node.kind === "Block" ? networkAt(node, turn.length === 0 || second === "0" ? 0 : 1) : undefined;
  return [name, ...turn, ...followSteps(renaming, below, steps.slice(1 + turn.length))];
}
