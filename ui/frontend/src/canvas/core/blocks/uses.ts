/** Which networks are used as blocks, and through which use one of them is looked at. */

import { findNode, graphAt, graphPaths } from "../document";
import { namedNetwork } from "../renaming";
import { networkAt, networksOf } from "./repetitions";
import { type Analysis, type GraphFacts, NETWORKS, type Project, type Step, TRAINING } from "../types";

/** The networks that a network uses as blocks, at any depth; itself only where it stands in a circle. */
export function usedWithin(project: Project, name: string): Set<string> {
  const found = new Set<string>();
  const waiting = [name];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const node of project.networks[one]?.nodes ?? []) {
      for (const inner of networksOf(node)) {
        if (found.has(inner) || !project.networks[inner]) continue;
        found.add(inner);
        waiting.push(inner);
      }
    }
  }
  return found;
}

/** The networks that only stand inside of others. Training calls none of them. */
export function blockNetworks(project: Project): string[] {
  const called = new Set(
    project.training.nodes.filter((node) => node.kind === "Network").map((node) => namedNetwork(node)),
  );
  const used = new Set(Object.values(project.networks).flatMap((graph) => graph.nodes.flatMap(networksOf)));
  return Object.keys(project.networks).filter((name) => used.has(name) && !called.has(name));
}

/** The graphs that have tabs: the training graph and every network that is more than a part of others. */
export function listTabs(project: Project): string[] {
  const blocks = new Set(blockNetworks(project).map((name) => NETWORKS + name));
  return graphPaths(project).filter((path) => !blocks.has(path));
}

/** Whether a way still leads through blocks that are there, each into the next, to the graph at its end. */
export function leadsTo(project: Project, trail: readonly Step[], path: string): boolean {
  const ends = [...trail.slice(1).map(([graph]) => graph), path];
  return trail.every(([graph, id, turn], at) => {
    const holder = graphAt(project, graph);
    const node = holder && findNode(holder, id);
    return node?.kind === "Block" && NETWORKS + networkAt(node, turn) === ends[at];
  });
}

export interface Place {
  readonly project: Project;
  readonly analysis: Analysis | undefined;
  readonly path: string;
  readonly trail: readonly Step[];
}

/** One and the same, so that who asks again sees that nothing changed. */
const NO_TRAIL: readonly Step[] = [];

/** The way by which the open graph is looked at: the one that was taken, else that of its first use. */
export function trailOf({ project, analysis, path, trail }: Place): readonly Step[] {
  if (trail.length > 0 && leadsTo(project, trail, path)) return trail;
  if (path === TRAINING || !blockNetworks(project).includes(path.slice(NETWORKS.length))) return NO_TRAIL;
  const first = analysis?.graphs[path]?.uses?.[0]?.trail ?? NO_TRAIL;
  return leadsTo(project, first, path) ? first : NO_TRAIL;
}

/** The number of the use that a way leads to; undefined for a network as it stands. */
export function useAt(analysis: Analysis | undefined, trail: readonly Step[], path: string): number | undefined {
  let use: number | undefined;
  trail.forEach(([graph, id, turn], at) => {
    const facts = factsOfUse(analysis?.graphs[graph], at === 0 ? undefined : use);
    const uses = facts?.nodes[id]?.uses;
    use = uses?.[Math.min(turn, uses.length - 1)];
  });
  return path === TRAINING ? undefined : use;
}

/** What is known of a graph in one of its uses. */
export function factsOfUse(facts: GraphFacts | undefined, use: number | undefined): GraphFacts | undefined {
  const found = use === undefined ? undefined : facts?.uses?.[use];
  if (!facts || !found) return facts;
  const { nodes, parameters, multiply_adds } = found;
  return { ...facts, nodes: { ...facts.nodes, ...nodes }, parameters, multiply_adds };
}

let last: { place: Place; use: number | undefined; shown: Analysis | undefined } | undefined;

/** The analysis as the open graph shows it: shapes and findings of the use through which one looks at it. */
export function showUse(place: Place): Analysis | undefined {
  const { analysis, path } = place;
  const isSame =
    last?.place.analysis === analysis &&
    last?.place.path === path &&
    last.place.trail === place.trail &&
    last.place.project === place.project;
  if (last && isSame) return last.shown;
  const use = useAt(analysis, trailOf(place), path);
  const before = last?.place.analysis === analysis && last?.place.path === path && last.use === use ? last : undefined;
  last = { place, use, shown: before?.shown ?? project(analysis, path, use) };
  return last.shown;
}

function project(analysis: Analysis | undefined, path: string, use: number | undefined): Analysis | undefined {
  const facts = factsOfUse(analysis?.graphs[path], use);
  if (!analysis || !facts || (use === undefined && !facts.uses)) return analysis;
  const findings = analysis.findings.filter(
    (finding) =>
      finding.graph !== path || !finding.uses || finding.uses.length === 0 || finding.uses.includes(use ?? -1),
  );
  return { ...analysis, graphs: { ...analysis.graphs, [path]: facts }, findings };
}

/** The steps of a way as weights are named: `layer1`, or `layer1.0` where it repeats. */
export function nameSteps(analysis: Analysis | undefined, trail: readonly Step[]): string[] {
  return trail.map(([path, id, turn], place) => {
    const use = place === 0 ? undefined : useAt(analysis, trail.slice(0, place), path);
    const turns = factsOfUse(analysis?.graphs[path], use)?.nodes[id]?.uses?.length ?? 1;
    return turns > 1 ? `${id}.${turn}` : id;
  });
}

/** A way as people read it: `model › layer1.0`. */
export function writeTrail(trail: readonly Step[], facts: (path: string) => number = () => 1): string {
  const names = trail.map(([path, id, turn]) => (facts(`${path} ${id}`) > 1 ? `${id}.${turn}` : id));
  const [first] = trail;
  return first ? [first[0].slice(NETWORKS.length), ...names].join(" › ") : "";
}
