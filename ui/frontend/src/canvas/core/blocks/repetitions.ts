/** What a block repeats: a network each time, the first time perhaps another one. The twin of `builder/repetitions.py`. */

import type { GraphNode, Json, Params } from "../types";

/** The parameters of a block that name networks. */
export const NAMING = ["network", "first_network"] as const;

/** The parameters of a block that give values: for all repetitions, and over those for the first. */
export const GIVING = ["arguments", "first_arguments"] as const;

/** The networks that a block names, each once; none of another kind of node. */
export function networksOf(node: GraphNode): string[] {
  if (node.kind !== "Block") return [];
  const named = NAMING.map((name) => node.params[name]);
  return [...new Set(named.filter((name): name is string => typeof name === "string" && name !== ""))];
}

/** The network of one repetition (from 0) of a block; empty where it names none. */
export function networkAt(node: GraphNode, turn: number): string {
  const first = node.params.first_network;
  const named = turn === 0 && first ? first : node.params.network;
  return typeof named === "string" ? named : "";
}

/** The values that a block gives in one of those parameters. */
export function givenIn(node: GraphNode, name: string): Params {
  const given: Json | undefined = node.params[name];
  return typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
}

/** What one repetition is given. */
export const argumentsAt = (node: GraphNode, turn: number): Params => ({
  ...givenIn(node, "arguments"),
  ...(turn === 0 ? givenIn(node, "first_arguments") : {}),
});
