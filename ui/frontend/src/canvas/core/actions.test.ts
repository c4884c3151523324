import { expect, it } from "vitest";
import { bypassEdits, joinEdits } from "./actions";
import { applyEdits } from "./edits";
import { PROJECT, SCENE } from "./samples";
import type { Edit, Graph } from "./types";

const path = "networks.model";
const after = (edits: readonly Edit[]) => applyEdits(PROJECT, edits).networks.model as Graph;

it("two nodes are joined at the first input that fits", () => {
  expect(joinEdits(SCENE, "image", "relu1")).toEqual([]);
  const freed = { ...SCENE, graph: after([{ op: "disconnect", graph: path, edge: SCENE.graph.edges[1] }]) };
  expect(joinEdits(freed, "image", "relu1")).toEqual([
    {
      op: "connect",
      graph: path,
      edge: { source: "image", source_port: "output", target: "relu1", target_port: "input", via: [] },
    },
  ]);
});

it("nodes are switched off and on together, but for the ends of a network, which always take part", () => {
  const graph = PROJECT.networks.model as Graph;
  const all = new Set(["image", "conv1", "relu1", "out"]);
  const edits = bypassEdits(graph, "networks.model", all);
  expect(edits.map((edit) => edit.id)).toEqual(["conv1", "relu1"]);
  const off = applyEdits(PROJECT, edits).networks.model as Graph;
  expect(bypassEdits(off, "networks.model", all).map((edit) => edit.fields)).toEqual([
    { bypassed: false },
    { bypassed: false },
  ]);
  expect(bypassEdits(graph, "networks.model", new Set(["image"]))).toEqual([]);
});
