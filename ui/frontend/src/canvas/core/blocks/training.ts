/** Another network takes the place of the one that is trained. */

import { graphPaths } from "../document";
import { namedNetwork } from "../renaming";
import { type Edge, type Edit, type GraphNode, type Json, type Project, TRAINING } from "../types";
import { listMentions } from "./mentions";
import { networkPorts } from "./networkPorts";

/** The networks that the training graph calls, each once. */
export function calledNetworks({ training }: Project): string[] {
  const called = training.nodes.filter((node) => node.kind === "Network").map((node) => String(namedNetwork(node)));
  return [...new Set(called)];
}

/** Why a network cannot take the place of the one that is trained; undefined where it can. */
export function refuseTraining(project: Project, path: string, name: string): string | undefined {
  if (path === TRAINING || !graphPaths(project).includes(path)) return "Open the network that shall be trained first.";
  const called = calledNetworks(project);
  if (called.includes(name)) return `The training graph calls ${name} already.`;
  if (called.length === 0) return "The training graph calls no network yet. Add a Network there, and choose this one.";
  if (called.length > 1)
    return `The training graph calls ${called.join(" and ")}. Choose there which call shall be of ${name}.`;
  return undefined;
}

/** Calls, optimizers and previews of one network become those of another; links go to the ports at the same places. */
export function trainEdits(project: Project, from: string, to: string): Edit[] {
  const users = listMentions(project, from).filter(({ graph }) => graph === TRAINING);
  const [old, fresh] = [project.networks[from], project.networks[to]];
  if (!fresh) return [];
  const nodes = users.map(({ node }) => node);
  const calls = new Set(nodes.filter((node) => node.kind === "Network").map((node) => node.id));
  const before = old ? networkPorts(old) : { inputs: [], outputs: [] };
  const after = networkPorts(fresh);
  const follow = (sort: "inputs" | "outputs", port: string) =>
    after[sort][before[sort].findIndex((one) => one.name === port)]?.name;
  const links = project.training.edges.filter((edge) => calls.has(edge.source) || calls.has(edge.target));
  const moved = links.flatMap((edge): Edge[] => {
    const source_port = calls.has(edge.source) ? follow("outputs", edge.source_port) : edge.source_port;
    const target_port = calls.has(edge.target) ? follow("inputs", edge.target_port) : edge.target_port;
    return source_port && target_port ? [{ ...edge, source_port, target_port }] : [];
  });
  return [
    ...nodes.flatMap((node) => nameEdits(node, from, to)),
    ...links.map((edge): Edit => ({ op: "disconnect", graph: TRAINING, edge })),
    ...moved.map((edge): Edit => ({ op: "connect", graph: TRAINING, edge })),
  ];
}

function nameEdits(node: GraphNode, from: string, to: string): Edit[] {
  const set = (name: string, value: Json): Edit => ({ op: "set_param", graph: TRAINING, id: node.id, name, value });
  const { networks } = node.params;
  return [
    ...(namedNetwork(node) === from ? [set("network", to)] : []),
    ...(Array.isArray(networks) && networks.includes(from)
      ? [set("networks", [...new Set(networks.map((name) => (name === from ? to : name)))])]
      : []),
  ];
}
