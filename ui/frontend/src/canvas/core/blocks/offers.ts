/** Blocks that can be added: those of the project, a person's own and the shipped ones. Each is offered like a kind. */

import { fillGraph } from "../document";
import { suggestId } from "../ids";
import { type Edit, type Graph, type Json, type Kind, NETWORKS, type Params, type Project, TRAINING } from "../types";
import { networkPorts } from "./networkPorts";
import { NAMING, networksOf } from "./repetitions";
import { usedWithin } from "./uses";

/** A block as its file holds it, with the networks that it uses itself. */
export interface LibraryBlock {
  readonly origin: "own" | "shipped";
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly synonyms: readonly string[];
  readonly networks: Readonly<Record<string, Record<string, unknown>>>;
}

export interface Library {
  readonly blocks: readonly LibraryBlock[];
  /** A sentence for each file that cannot be opened. */
  readonly damaged: readonly string[];
}

export const OFFERS = {
  call: "Networks of this project",
  project: "Blocks of this project",
  own: "My blocks",
  shipped: "Shipped blocks",
} as const;

/** How an offer or a kind is called where people choose. */
export const nameOfKind = (kind: Kind): string => (kind.offer ? kind.title : kind.kind);

/** What can be added to a graph: as a block nothing that would make it a part of itself; to the training graph a call of each network. */
export function listOffers(project: Project, path: string, library: Library | undefined): Kind[] {
  if (path === TRAINING) return listCalls(project);
  const here = path.slice(NETWORKS.length);
  const own = Object.entries(project.networks)
    .filter(([name]) => name !== here && !usedWithin(project, name).has(here))
    .map(([name, graph]) => describeOffer(`project ${name}`, name, graph, { title: name, family: OFFERS.project }));
  const kept = (library?.blocks ?? []).map((block) => {
    const { name, networks } = insertBlock(project, block);
    const graph = fillGraph(block.networks[block.name] ?? {});
    const before = networks.map(([one, added]): Edit => ({ op: "add_graph", name: one, graph: added }));
    const { title, summary, synonyms } = block;
    return describeOffer(`${block.origin} ${block.name}`, name, graph, {
      title: title || block.name,
      summary,
      synonyms,
      family: OFFERS[block.origin],
      before,
      wish: block.name,
    });
  });
  return [...own, ...kept];
}

/** A call of each network that is no part of another one. */
function listCalls(project: Project): Kind[] {
  const parts = new Set(Object.keys(project.networks).flatMap((name) => [...usedWithin(project, name)]));
  return Object.entries(project.networks)
    .filter(([name]) => !parts.has(name))
    .map(([name, graph]) => describeCall(name, graph));
}

const describeCall = (name: string, graph: Graph): Kind => ({
  ...describeOffer(`call ${name}`, name, graph, { title: name, family: OFFERS.call }),
  summary: `Call the network ${name}.`,
  synonyms: ["network"],
  offer: { kind: "Network", id: name, params: { network: name }, before: [] },
});

interface Words {
  readonly title: string;
  readonly family: string;
  readonly summary?: string;
  readonly synonyms?: readonly string[];
  readonly before?: readonly Edit[];
  readonly wish?: string;
}

function describeOffer(key: string, network: string, graph: Graph, words: Words): Kind {
  return {
    kind: key,
    family: words.family,
    title: words.title,
    summary: words.summary || `Use the network ${network} as one node.`,
    help: "",
    synonyms: ["block", ...(words.synonyms ?? [])],
    shown: [],
    ...networkPorts(graph),
    dynamic_ports: true,
    schema: {},
    offer: { kind: "Block", id: words.wish ?? network, params: { network }, before: words.before ?? [] },
  };
}

/**
 * The networks that a project needs for a block of the library, under names that are free. One that is there already, with
 * all that it uses, is used again.
 */
export function insertBlock(project: Project, block: LibraryBlock): { name: string; networks: [string, Graph][] } {
  const names = new Map<string, string>();
  const added: [string, Graph][] = [];
  for (const name of inOrder(block)) {
    const graph = useNames(fillGraph(block.networks[name] ?? {}), names);
    const taken = new Set([...Object.keys(project.networks), ...added.map(([one]) => one)]);
    const same = Object.keys(project.networks).find(
      (one) => isVersion(one, name) && isSame(project.networks[one], graph),
    );
    names.set(name, same ?? suggestId(name, taken));
    if (!same) added.push([names.get(name) as string, graph]);
  }
  return { name: names.get(block.name) ?? block.name, networks: added };
}

/** The networks of a block, those that are used before those that use them. */
function inOrder(block: LibraryBlock): string[] {
  const order = new Set<string>();
  const visit = (name: string, above: readonly string[]) => {
    if (order.has(name) || above.includes(name) || !block.networks[name]) return;
    for (const node of fillGraph(block.networks[name]).nodes)
      for (const inner of networksOf(node)) visit(inner, [...above, name]);
    order.add(name);
  };
  visit(block.name, []);
  return [...order];
}

function useNames(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const nodes = graph.nodes.map((node) => {
    const named = NAMING.filter((name) => networksOf(node).includes(String(node.params[name])));
    const renamed = named.map((name) => [name, names.get(String(node.params[name])) ?? node.params[name]] as const);
    return named.length === 0
      ? node
      : { ...node, params: { ...node.params, ...Object.fromEntries(renamed) } as Params };
  });
  return { ...graph, nodes };
}

const isVersion = (one: string, name: string) => one === name || one.replace(/_\d+$/, "") === name;

/** Whether two networks compute the same: where nodes lie, frames and notes do not matter. */
function isSame(one: Graph | undefined, other: Graph): boolean {
  return one !== undefined && essence(one) === essence(other);
}

function essence({ nodes, edges, params }: Graph): string {
  return JSON.stringify([
    nodes.map(({ position: _, ...node }) => sorted(node as unknown as Json)),
    edges.map(({ via: _, ...edge }) => sorted(edge as unknown as Json)),
    sorted(params as Json),
  ]);
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] as Json)]),
  );
}

/** A network of the project as a block for the library, with all that it uses. */
export function packBlock(project: Project, name: string): Omit<LibraryBlock, "origin"> {
  const names = [name, ...[...usedWithin(project, name)].filter((one) => one !== name)];
  const networks = Object.fromEntries(
    names.map((one) => [one, project.networks[one] as unknown as Record<string, unknown>]),
  );
  const words = name.replaceAll("_", " ");
  return { name, title: words.charAt(0).toUpperCase() + words.slice(1), summary: "", synonyms: [], networks };
}
