/** Giving a parameter of a network another name. References and arguments follow. The twin of `builder/param_renaming.py`. */

import { renameIn } from "./blocks/references";
import { GIVING, givenIn, networkAt, networksOf } from "./blocks/repetitions";
import { graphAt, graphPaths, withGraph } from "./document";
import { EditError, nameGraph, requireGraph, takeText } from "./editParts";
import { type Edit, type GraphNode, type Json, NETWORKS, type Params, type Project, TRAINING } from "./types";

const LEGAL = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

/** Say why a parameter of a network cannot bear a name; undefined where it can. */
export function findParamFault(name: string): string | undefined {
  return LEGAL.test(name) ? undefined : "Use letters a to z, digits and underscores, a letter first.";
}

export function renameParam(project: Project, edit: Edit): Project {
  const [path, old, to] = [takeText(edit, "graph"), takeText(edit, "name"), takeText(edit, "to")];
  const graph = requireGraph(project, path);
  if (path === TRAINING || !Object.hasOwn(graph.params, old))
    throw new EditError(`There is no parameter ${JSON.stringify(old)} in ${nameGraph(path)}.`);
  if (to === old) return project;
  if (Object.hasOwn(graph.params, to))
    throw new EditError(`There is already a parameter ${JSON.stringify(to)} in ${nameGraph(path)}.`);
  if (!LEGAL.test(to)) {
    throw new EditError(
      `${JSON.stringify(to)} cannot name a parameter: use letters a to z, digits and underscores, a letter first.`,
    );
  }
  const params = Object.entries(graph.params).map(
    ([name, value]) => [name === old ? to : name, renameIn(value, old, to)] as const,
  );
  const nodes = graph.nodes.map((node) => withParams(node, renameIn(node.params as Json, old, to) as Params));
  const renamed = withGraph(project, path, { ...graph, params: Object.fromEntries(params), nodes });
  return renameArguments(renamed, path.slice(NETWORKS.length), old, to);
}

const withParams = (node: GraphNode, params: Params): GraphNode =>
  params === node.params ? node : { ...node, params };

function renameArguments(project: Project, network: string, old: string, to: string): Project {
  return graphPaths(project).reduce((changed, path) => {
    const graph = graphAt(changed, path)!;
    const nodes = graph.nodes.map((node) => renameArgument(node, network, old, to));
    return nodes.every((node, at) => node === graph.nodes[at])
      ? changed
      : withGraph(changed, path, { ...graph, nodes });
  }, project);
}

/** What all repetitions were given, a first one of another network still gets. */
function renameArgument(node: GraphNode, network: string, old: string, to: string): GraphNode {
  if (!networksOf(node).includes(network)) return node;
  const [isFirst, isOther] = [networkAt(node, 0) === network, networkAt(node, 1) === network];
  const all = givenIn(node, "arguments");
  let first = givenIn(node, "first_arguments");
  if (isFirst !== isOther && Object.hasOwn(all, old)) first = { [old]: all[old]!, ...first };
  const changed = [isOther ? renameKey(all, old, to) : all, isFirst ? renameKey(first, old, to) : first];
  const params: Record<string, Json> = { ...node.params };
  GIVING.forEach((name, at) => {
    if (Object.keys(changed[at]!).length > 0 || name in params) params[name] = changed[at] as Json;
  });
  return JSON.stringify(params) === JSON.stringify(node.params) ? node : { ...node, params };
}

/** Values by name with one name exchanged; a value that the new name had is lost. */
function renameKey(given: Params, old: string, to: string): Params {
  if (!Object.hasOwn(given, old)) return given;
  const kept = Object.entries(given).filter(([name]) => name !== to);
  return Object.fromEntries(kept.map(([name, value]) => [name === old ? to : name, value]));
}
