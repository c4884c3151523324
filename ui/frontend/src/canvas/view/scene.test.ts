import { describe, expect, it } from "vitest";
import { fillGraph } from "../core/document";
import type { Analysis, Graph, NodeFacts } from "../core/types";
import { ScenePainter } from "./scene";

const NOTHING: ReadonlySet<string> = new Set();
const GRAPH = fillGraph({
  nodes: ["a", "b", "c"].map((id, place) => ({ id, kind: "ReLU", position: [240 * place, 0] })),
  edges: [
    { source: "a", target: "b" },
    { source: "b", target: "c" },
  ],
});

const gives = (...shape: number[]): NodeFacts => ({
  outputs: [{ name: "output", shape, dtype: "float32", label: shape.join("×") }],
});

const analysisOf = (nodes: Record<string, NodeFacts>): Analysis =>
  ({ graphs: { "networks.model": { nodes } }, findings: [] }) as unknown as Analysis;

function scene(graph: Graph, analysis: Analysis) {
  return { graph, analysis, path: "networks.model", kinds: new Map(), selection: NOTHING, edges: NOTHING };
}

describe("a graph that is painted again", () => {
  const [a, b, c] = [gives(8, 4), gives(8, 4), gives(8, 4)];
  const before = analysisOf({ a, b, c });

  it("is the same lists where nothing that is seen has changed", () => {
    const painter = new ScenePainter();
    const [nodes, edges] = [painter.paintNodes(scene(GRAPH, before)), painter.paintEdges(scene(GRAPH, before))];
    const again = scene({ ...GRAPH, nodes: [...GRAPH.nodes] }, analysisOf({ a, b, c }));
    expect(painter.paintNodes(again)).toBe(nodes);
    expect(painter.paintEdges(again)).toBe(edges);
  });

  it("keeps every node and link but those whose facts are others", () => {
    const painter = new ScenePainter();
    const [nodes, edges] = [painter.paintNodes(scene(GRAPH, before)), painter.paintEdges(scene(GRAPH, before))];
    const after = scene(GRAPH, analysisOf({ a, b: gives(2, 4), c }));
    const [newNodes, newEdges] = [painter.paintNodes(after), painter.paintEdges(after)];
    expect(newNodes.map((node, place) => node === nodes[place])).toEqual([true, false, true]);
    expect(newEdges.map((edge, place) => edge === edges[place])).toEqual([true, false]);
    expect(newEdges[1]?.data?.label).toBe("2×4");
  });

  it("paints anew what was put in another order", () => {
    const painter = new ScenePainter();
    const nodes = painter.paintNodes(scene(GRAPH, before));
    const turned = painter.paintNodes(scene({ ...GRAPH, nodes: GRAPH.nodes.toReversed() }, before));
    expect(turned).toEqual(nodes.toReversed());
  });
});
