/** What a node costs: parameters, multiply-adds of one sample, and the memory of what it gives for one sample. */

import { countThings, formatCount } from "./format";
import { rememberFor } from "./document";
import { type Graph, type GraphFacts, type NodeFacts, TRAINING } from "./types";

export interface Cost {
  readonly parameters: number;
  readonly operations: number;
  /** Bytes. */
  readonly memory: number;
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, int64: 8, bool: 1 };
const NONE: Cost = { parameters: 0, operations: 0, memory: 0 };

export const costOf = (facts: NodeFacts | undefined): Cost => (facts ? addUp(facts) : NONE);

const addUp = rememberFor((facts: NodeFacts): Cost => {
  const memory = (facts.outputs ?? []).reduce((sum, { shape, dtype }) => {
    if (!shape || shape.length === 0) return sum;
    const numbers = shape.reduce<number>((size, axis) => (typeof axis === "number" ? size * axis : size), 1);
    return sum + numbers * (BYTES[dtype ?? ""] ?? 4);
  }, 0);
  return { parameters: facts.parameters ?? 0, operations: facts.multiply_adds ?? 0, memory };
});

/** The most that any node of a graph costs, of each sort. */
export function largestCost(graph: Graph, facts: GraphFacts | undefined): Cost {
  return graph.nodes.reduce((most, { id }) => {
    const cost = costOf(facts?.nodes[id]);
    return {
      parameters: Math.max(most.parameters, cost.parameters),
      operations: Math.max(most.operations, cost.operations),
      memory: Math.max(most.memory, cost.memory),
    };
  }, NONE);
}

/** Whether a node shows what it costs: the layers of a network whose shapes are known. */
export function showsCost(path: string, kind: string, facts: NodeFacts | undefined): boolean {
  return path !== TRAINING && kind !== "Input" && kind !== "Output" && costOf(facts).memory > 0;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

export function describeCost({ parameters, operations, memory }: Cost): string {
  const counted = [countThings(parameters, "parameter"), countThings(operations, "multiply-add")];
  return `${counted.join(", ")}, ${formatBytes(memory)} of values for one sample`;
}

/** The number that says most about a node: its parameters where it has any, else its operations, else its memory. */
export function headlineCost({ parameters, operations, memory }: Cost): string {
  if (parameters > 0) return countThings(parameters, "param", true);
  return operations > 0 ? `${formatCount(operations)} ops` : formatBytes(memory);
}
