/** Connecting without a pointer: the ends that a link may start from, and what each of them may be joined to. */

import { findNode } from "./document";
import { type Scene, outputFacts, refuse, scenePorts } from "./ports";
import type { Edge } from "./types";

/** A port of a node, as one end of a link. */
export interface End {
  readonly node: string;
  readonly port: string;
  readonly isSource: boolean;
}

export interface Choice extends End {
  /** What flows there: the shape of an output, or what feeds an input now. */
  readonly note: string;
}

/** The ports of a node: outputs first, then inputs. */
export function listEnds(scene: Scene, id: string): Choice[] {
  const node = findNode(scene.graph, id);
  if (!node) return [];
  const { inputs, outputs } = scenePorts(scene, node);
  const describe = (isSource: boolean) => (port: { readonly name: string }) =>
    withNote(scene, { node: id, port: port.name, isSource });
  return [...outputs.map(describe(true)), ...inputs.map(describe(false))];
}

/** The ports that an end can be joined to: free ones first. */
export function listPartners(scene: Scene, from: End): Choice[] {
  const choices = scene.graph.nodes.flatMap((node) =>
    listEnds(scene, node.id).filter(
      (to) => to.isSource !== from.isSource && !refuse(scene, joinEnds(from, to)) && !areJoined(scene, from, to),
    ),
  );
  const isTaken = (choice: Choice) => Number(!choice.isSource && feedOf(scene, choice) !== undefined);
  return choices.sort((a, b) => isTaken(a) - isTaken(b));
}

export function joinEnds(a: End, b: End) {
  const [source, target] = a.isSource ? [a, b] : [b, a];
  return { source: source.node, source_port: source.port, target: target.node, target_port: target.port };
}

/** The two ends of a link: where it starts and where it ends. */
export function endsOfEdge(edge: Edge): [End, End] {
  return [
    { node: edge.source, port: edge.source_port, isSource: true },
    { node: edge.target, port: edge.target_port, isSource: false },
  ];
}

const feedOf = ({ graph }: Scene, { node, port }: End): Edge | undefined =>
  graph.edges.find((edge) => edge.target === node && edge.target_port === port);

function areJoined(scene: Scene, a: End, b: End): boolean {
  const [source, target] = a.isSource ? [a, b] : [b, a];
  const edge = feedOf(scene, target);
  return edge?.source === source.node && edge.source_port === source.port;
}

function withNote(scene: Scene, end: End): Choice {
  if (end.isSource) {
    const facts = outputFacts(scene.analysis?.graphs[scene.path], end.node, end.port);
    return { ...end, note: facts?.label ?? "" };
  }
  const edge = feedOf(scene, end);
  return { ...end, note: edge ? `now fed by ${edge.source}` : "free" };
}
