import { describe, expect, it } from "vitest";
import { endsOfEdge, joinEnds, listEnds, listPartners } from "./connecting";
import { SCENE } from "./samples";
import type { Edge } from "./types";

const names = (ends: readonly { node: string; port: string }[]) => ends.map((end) => `${end.node}.${end.port}`);

describe("connecting by name", () => {
  it("begins at the ports of a node, and says what flows there", () => {
    expect(listEnds(SCENE, "conv1")).toEqual([
      { node: "conv1", port: "output", isSource: true, note: "32×26×26" },
      { node: "conv1", port: "input", isSource: false, note: "now fed by image" },
    ]);
  });
  it("offers the inputs that an output fits, without those that it feeds already", () => {
    const image = { node: "image", port: "output", isSource: true };
    expect(names(listPartners(SCENE, image))).toEqual(["relu1.input", "out.input"]);
  });
  it("offers the outputs that fit an input", () => {
    expect(names(listPartners(SCENE, { node: "out", port: "input", isSource: false }))).toEqual([
      "image.output",
      "conv1.output",
      "lone.output",
    ]);
  });
  it("puts what is free before what would be replaced", () => {
    const graph = { ...SCENE.graph, edges: SCENE.graph.edges.slice(0, 2) };
    const image = { node: "image", port: "output", isSource: true };
    expect(names(listPartners({ ...SCENE, graph }, image))).toEqual(["out.input", "relu1.input"]);
  });
  it("joins two ends whichever comes first", () => {
    const [start, end] = endsOfEdge(SCENE.graph.edges[0] as Edge);
    const link = { source: "image", source_port: "output", target: "conv1", target_port: "input" };
    expect(joinEnds(start, end)).toEqual(link);
    expect(joinEnds(end, start)).toEqual(link);
  });
});
