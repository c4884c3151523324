import { describe, expect, it } from "vitest";
import { edgeKey } from "./document";
import { applyEdits } from "./edits";
import { NOTHING_PICKED, countPicked, keepPicked, reachFrom } from "./picking";
import { PROJECT, SCENE } from "./samples";
import type { Edge, Graph } from "./types";

const path = "networks.model";

describe("nodes are chosen by how they hang together", () => {
  const reach = (id: string, how: Parameters<typeof reachFrom>[2]) => reachFrom(SCENE.graph, new Set([id]), how);
  it("upstream and downstream, with the node itself", () => {
    expect(reach("conv1", "upstream")).toEqual(["image", "conv1"]);
    expect(reach("conv1", "downstream")).toEqual(["conv1", "relu1", "out"]);
  });
  it("all that is connected", () => {
    expect(reach("relu1", "connected")).toEqual(["image", "conv1", "relu1", "out"]);
    expect(reach("lone", "connected")).toEqual(["lone"]);
  });
  it("all the others", () => {
    expect(reach("conv1", "others")).toEqual(["image", "relu1", "out", "lone"]);
  });
});

it("what is picked stays so while it is there", () => {
  const edge = SCENE.graph.edges[0] as Edge;
  const led = applyEdits(PROJECT, [
    { op: "set_via", graph: path, edge, via: [[1, 2]] },
    { op: "set_graph", graph: path, fields: { frames: [{}], notes: [{}] } },
  ]);
  const picked = {
    selection: new Set(["conv1"]),
    edges: new Set([edgeKey(edge)]),
    annotations: new Set(["frame 0", "note 0"]),
    point: { edge: edgeKey(edge), place: 0 },
  };
  expect(keepPicked(picked, led.networks.model as Graph)).toEqual(picked);
  expect(countPicked(keepPicked(picked, SCENE.graph))).toBe(2);
  const gone = applyEdits(led, [{ op: "remove_node", graph: path, id: "conv1" }]).networks.model as Graph;
  expect(keepPicked(picked, { ...gone, frames: [], notes: [] })).toEqual(NOTHING_PICKED);
});
