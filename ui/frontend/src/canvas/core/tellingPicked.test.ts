import { expect, it } from "vitest";
import { edgeKey } from "./document";
import { applyEdits } from "./edits";
import { NOTHING_PICKED } from "./picking";
import { ANALYSIS, PROJECT, SCENE } from "./samples";
import { tellPicked } from "./tellingPicked";
import type { Edge, Graph } from "./types";

const path = "networks.model";
const edge = SCENE.graph.edges[1] as Edge;
const graph = applyEdits(PROJECT, [
  {
    op: "set_via",
    graph: path,
    edge,
    via: [
      [1, 2],
      [3, 4],
    ],
  },
  { op: "set_graph", graph: path, fields: { frames: [{ title: "stem" }], notes: [{ text: "Why\nBecause" }] } },
]).networks.model as Graph;
const tell = (part: Partial<typeof NOTHING_PICKED>) =>
  tellPicked(graph, ANALYSIS.graphs[path], { ...NOTHING_PICKED, ...part });

it("what is selected is told, whatever it is", () => {
  expect(tell({})).toBe("");
  expect(tell({ selection: new Set(["conv1"]) })).toBe("conv1, Conv2d, 32×26×26");
  expect(tell({ selection: new Set(["conv1", "relu1"]) })).toBe("2 nodes selected");
  const edges = new Set([edgeKey(edge)]);
  expect(tell({ edges })).toBe("link from conv1 to relu1, 32×26×26");
  expect(tell({ edges, point: { edge: edgeKey(edge), place: 1 } })).toBe(
    "reroute point 2 of 2, link from conv1 to relu1, 32×26×26",
  );
  expect(tell({ edges: new Set(graph.edges.map(edgeKey)) })).toBe("3 links selected");
  expect(tell({ annotations: new Set(["frame 0"]) })).toBe("frame stem");
  expect(tell({ annotations: new Set(["note 0"]) })).toBe("note: Why");
});
