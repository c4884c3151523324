import { describe, expect, it } from "vitest";
import { alignEdits, distributeEdits, snapEdits } from "./arranging";
import { applyEdits } from "./edits";
import { PROJECT } from "./samples";
import type { Edit, Graph } from "./types";

const path = "networks.model";
const SPOTS = { image: [0, 0, 40], conv1: [240, 100, 60], out: [700, 20, 40] } as const;
const boxes = new Map(Object.entries(SPOTS).map(([id, [x, y, height]]) => [id, { x, y, width: 100, height }] as const));
const placed = applyEdits(PROJECT, [
  { op: "move", graph: path, positions: Object.fromEntries([...boxes].map(([id, { x, y }]) => [id, [x, y]])) },
]);
const scene = placed.networks.model as Graph;
function positions(edits: readonly Edit[]) {
  const { nodes } = applyEdits(placed, edits).networks.model as Graph;
  return Object.keys(SPOTS).map((id) => nodes.find((node) => node.id === id)?.position);
}

describe("aligning", () => {
  const at = (side: Parameters<typeof alignEdits>[3], axis: 0 | 1) =>
    positions(alignEdits(scene, path, boxes, side)).map((position) => position?.[axis]);
  it("puts sides on a line", () => {
    expect(at("left", 0)).toEqual([0, 0, 0]);
    expect(at("right", 0)).toEqual([700, 700, 700]);
    expect(at("top", 1)).toEqual([0, 0, 0]);
    expect(at("bottom", 1)).toEqual([120, 100, 120]);
  });
  it("puts middles on a line, whatever the heights", () => {
    expect(at("middle", 1)).toEqual([60, 50, 60]);
    expect(at("centre", 0)).toEqual([350, 350, 350]);
  });
  it("leaves the other axis alone, and is no step where all stands right", () => {
    expect(at("left", 1)).toEqual([0, 100, 20]);
    const aligned = new Map([...boxes].map(([id, box]) => [id, { ...box, x: 0 }]));
    const moved = applyEdits(placed, alignEdits(scene, path, boxes, "left")).networks.model as Graph;
    expect(alignEdits(moved, path, aligned, "left")).toEqual([]);
  });
});

it("distributing makes the gaps equal and leaves the ends", () => {
  expect(positions(distributeEdits(scene, path, boxes, "x")).map((position) => position?.[0])).toEqual([0, 350, 700]);
  expect(positions(distributeEdits(scene, path, boxes, "y")).map((position) => position?.[1])).toEqual([0, 100, 50]);
  expect(distributeEdits(scene, path, new Map([...boxes].slice(0, 2)), "x")).toEqual([]);
});

it("snapping puts nodes on the grid", () => {
  const crooked = applyEdits(PROJECT, [{ op: "move", graph: path, positions: { conv1: [243, -3], lone: [1, 1] } }]);
  const graph = crooked.networks.model as Graph;
  expect(snapEdits(graph, path, new Set(["conv1", "out"]))).toEqual([
    { op: "move", graph: path, positions: { conv1: [240, -0] } },
  ]);
});
