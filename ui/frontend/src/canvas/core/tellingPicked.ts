/** What is selected, as a sentence for somebody who does not see the canvas. */

import { readKey } from "./annotations";
import { edgeKey, findNode } from "./document";
import type { Picked } from "./picking";
import { outputFacts } from "./ports";
import type { Edge, Graph, GraphFacts } from "./types";

export function tellPicked(graph: Graph, facts: GraphFacts | undefined, picked: Picked): string {
  const { selection, edges, annotations, point } = picked;
  if (selection.size > 1) return `${selection.size} nodes selected`;
  const [id] = selection;
  if (id !== undefined) return tellNode(graph, facts, id);
  const chosen = graph.edges.filter((edge) => edges.has(edgeKey(edge)));
  const [edge] = chosen;
  if (point && edge) return `reroute point ${point.place + 1} of ${edge.via.length}, ${tellEdge(edge, facts)}`;
  if (chosen.length > 1) return `${chosen.length} links selected`;
  if (edge) return tellEdge(edge, facts);
  const [key] = annotations;
  return key === undefined ? "" : tellAnnotation(graph, key);
}

function tellNode(graph: Graph, facts: GraphFacts | undefined, id: string): string {
  const node = findNode(graph, id);
  if (!node) return "";
  return [node.id, node.kind, facts?.nodes[id]?.outputs?.[0]?.label].filter(Boolean).join(", ");
}

function tellEdge(edge: Edge, facts: GraphFacts | undefined): string {
  const label = outputFacts(facts, edge.source, edge.source_port)?.label;
  const port = edge.target_port === "input" ? "" : `, port ${edge.target_port}`;
  return [`link from ${edge.source} to ${edge.target}${port}`, label].filter(Boolean).join(", ");
}

function tellAnnotation(graph: Graph, key: string): string {
  const { sort, place } = readKey(key);
  if (sort === "frame") return `frame ${graph.frames[place]?.title || "without a title"}`;
  return `note: ${graph.notes[place]?.text.split("\n")[0] || "empty"}`;
}
