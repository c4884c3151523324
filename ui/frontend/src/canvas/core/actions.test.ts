import { expect, it } from "vitest";
import { joinEdits } from "./actions";
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
