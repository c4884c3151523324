import { describe, expect, it } from "vitest";
import { NODE_WIDTH } from "./actions";
import { applyEdits } from "./edits";
import { makeRoomFor } from "./repairing";
import { PROJECT } from "./samples";
import type { Edit, Graph } from "./types";

const graph = "networks.model";
const insert = (source: string, target: string, position: [number, number]): Edit[] => [
  { op: "add_node", graph, node: { id: "new", kind: "ReLU", params: {}, position }, index: 2 },
  { op: "connect", graph, edge: { source, source_port: "output", target: "new", target_port: "input" } },
  { op: "connect", graph, edge: { source: "new", source_port: "output", target, target_port: "input" } },
];
const after = (edits: readonly Edit[], project = PROJECT) =>
  applyEdits(project, makeRoomFor(project, edits)).networks.model as Graph;
const places = (drawn: Graph) => Object.fromEntries(drawn.nodes.map((node) => [node.id, node.position]));

function expectApart(drawn: Graph): void {
  for (const [place, a] of drawn.nodes.entries())
    for (const b of drawn.nodes.slice(place + 1)) {
      const isBeside = Math.abs(a.position[0] - b.position[0]) >= NODE_WIDTH;
      expect(isBeside || Math.abs(a.position[1] - b.position[1]) >= 80, `${a.id} lies over ${b.id}`).toBe(true);
    }
}

describe("a repair that inserts a node", () => {
  it("moves what follows aside, as a splice by hand does", () => {
    const drawn = after(insert("conv1", "relu1", [360, 0]));
    expect(places(drawn)).toMatchObject({ conv1: [240, 0], new: [480, 0], relu1: [720, 0], out: [960, 0] });
    expect(drawn.edges.map((edge) => `${edge.source}>${edge.target}`)).toContain("new>relu1");
    expectApart(drawn);
  });

  it("into a link that runs over others lies below them", () => {
    const far = applyEdits(PROJECT, [{ op: "connect", graph, edge: { source: "image", target: "out" } }]);
    const drawn = after(insert("image", "out", [360, 0]), far);
    expectApart(drawn);
    expect(places(drawn).relu1).toEqual([480, 0]);
  });

  it("beside others steps aside where something stands", () => {
    const [alone] = insert("conv1", "relu1", [240, 200]);
    expectApart(after([alone as Edit]));
  });

  it("leaves a node where it is free, and other edits as they are", () => {
    const [alone] = insert("conv1", "relu1", [480, 400]);
    const value: Edit = { op: "set_param", graph, id: "conv1", name: "out_channels", value: 8 };
    expect(makeRoomFor(PROJECT, [alone as Edit, value])).toEqual([alone, value]);
  });

  it("which does not fit the document any more is left for the document to refuse", () => {
    const stale: Edit[] = [...insert("gone", "relu1", [360, 0])];
    expect(makeRoomFor(PROJECT, stale)).toEqual(stale);
  });
});
