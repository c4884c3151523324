/** The ports of nodes that use a network, as the document says before anybody has looked at shapes. */

import { namedNetwork } from "../renaming";
import type { Graph, GraphNode, Port, Project } from "../types";

const PORT: Omit<Port, "name"> = { ranks: [], dtype: "any", optional: false, variadic: false, help: "" };
const DTYPES: Readonly<Record<string, string>> = { float32: "float", int64: "integer", bool: "bool" };

/** One port for each Input and Output of a network. */
export function networkPorts(graph: Graph): { inputs: Port[]; outputs: Port[] } {
  const named = (kind: string) => graph.nodes.filter((node) => node.kind === kind);
  return {
    inputs: named("Input").map((node) => ({
      ...PORT,
      name: node.id,
      dtype: DTYPES[String(node.params.dtype ?? "float32")] ?? "any",
    })),
    outputs: named("Output").map((node) => ({ ...PORT, name: node.id })),
  };
}

/** The ports of a block or of a call of a network; undefined for any other node. */
export function portsOfUse(
  project: Project | undefined,
  node: GraphNode,
): { inputs: Port[]; outputs: Port[] } | undefined {
  if (node.kind !== "Block" && node.kind !== "Network") return undefined;
  const graph = project?.networks[String(namedNetwork(node))];
  return graph && networkPorts(graph);
}
