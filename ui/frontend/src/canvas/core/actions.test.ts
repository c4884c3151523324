import { describe, expect, it } from "vitest";
import {
  addAfter,
  addLinked,
  copyText,
  joinEdits,
  moveEdit,
  pasteEdits,
  readClip,
  removeEdits,
  splice,
} from "./actions";
import { applyEdits } from "./edits";
import { PROJECT, SCENE, kindNamed } from "./samples";
import type { Edit, Graph } from "./types";

const path = "networks.model";
const after = (edits: readonly Edit[]) => applyEdits(PROJECT, edits).networks.model as Graph;
const links = (graph: Graph) => graph.edges.map((edge) => `${edge.source}>${edge.target}`);

describe("adding after a node", () => {
  it("puts the new one between it and what followed, and makes room", () => {
    const { edits, id } = addAfter(SCENE, kindNamed("ReLU"), "conv1");
    const graph = after(edits);
    expect(links(graph)).toEqual([`image>conv1`, `${id}>relu1`, "relu1>out", `conv1>${id}`]);
    const xs = Object.fromEntries(graph.nodes.map((node) => [node.id, node.position[0]]));
    expect(xs.relu1).toBeGreaterThan((xs[id] ?? 0) + 176);
    expect(xs.conv1).toBe(240);
  });
  it("only links where nothing follows", () => {
    const { edits, id } = addAfter(SCENE, kindNamed("ReLU"), "lone");
    expect(links(after(edits))).toContain(`lone>${id}`);
  });
});

it("a kind dropped on a link is spliced in", () => {
  const edge = SCENE.graph.edges[1];
  if (!edge) throw new Error("no edge");
  const { edits, id } = splice(SCENE, kindNamed("ReLU"), edge, [300, 0]);
  expect(links(after(edits))).toEqual(expect.arrayContaining([`conv1>${id}`, `${id}>relu1`]));
  expect(links(after(edits))).not.toContain("conv1>relu1");
});

it("a link dropped in empty space gets the new node at its end, or at its start", () => {
  const forward = addLinked(SCENE, kindNamed("ReLU"), [0, 0], { node: "lone", port: "output", isSource: true });
  expect(links(after(forward.edits))).toContain(`lone>${forward.id}`);
  const backward = addLinked(SCENE, kindNamed("ReLU"), [0, 0], { node: "lone", port: "input", isSource: false });
  expect(links(after(backward.edits))).toContain(`${backward.id}>lone`);
});

describe("deleting", () => {
  it("a node in a chain heals the link", () => {
    expect(links(after(removeEdits(SCENE, new Set(["conv1"]), []))).sort()).toEqual(["image>relu1", "relu1>out"]);
  });
  it("several nodes leaves a gap", () => {
    expect(links(after(removeEdits(SCENE, new Set(["conv1", "relu1"]), [])))).toEqual([]);
  });
  it("a link leaves its nodes", () => {
    const graph = after(removeEdits(SCENE, new Set(), [SCENE.graph.edges[0] as Graph["edges"][0]]));
    expect(links(graph)).toEqual(["conv1>relu1", "relu1>out"]);
    expect(graph.nodes.length).toBe(5);
  });
});

describe("copy and paste", () => {
  it("takes the links among the nodes along, under free names", () => {
    const text = copyText(SCENE.graph, path, new Set(["conv1", "relu1"]));
    const { edits, ids } = pasteEdits(SCENE.graph, path, readClip(text, path));
    expect(ids).toEqual(["conv2", "relu2"]);
    expect(links(after(edits))).toContain("conv2>relu2");
    expect(links(after(edits)).length).toBe(4);
  });
  it("puts the corner of what is pasted at the given point", () => {
    const text = copyText(SCENE.graph, path, new Set(["conv1", "relu1"]));
    const { edits } = pasteEdits(SCENE.graph, path, readClip(text, path), [1000, 496]);
    expect(after(edits).nodes.find((node) => node.id === "conv2")?.position).toEqual([1000, 496]);
  });
  it("says what is wrong with foreign text", () => {
    expect(() => readClip("hello", path)).toThrow("The clipboard holds no nodes.");
    expect(() => readClip('{"nodes": [1]}', path)).toThrow("The clipboard holds no nodes.");
    expect(() => readClip(copyText(SCENE.graph, "training", new Set(["conv1"])), path)).toThrow(
      "These nodes are from a training graph and fit only there.",
    );
  });
});

it("nodes are moved together by the same way", () => {
  const graph = after(moveEdit(SCENE.graph, path, new Set(["conv1", "lone"]), 8, -8));
  expect(graph.nodes.filter((node) => ["conv1", "lone"].includes(node.id)).map((node) => node.position)).toEqual([
    [248, -8],
    [248, 192],
  ]);
});

it("two nodes are joined at the first input that fits", () => {
  expect(joinEdits(SCENE, "image", "relu1")).toEqual([]);
  const freed = { ...SCENE, graph: after(removeEdits(SCENE, new Set(), [SCENE.graph.edges[1] as Graph["edges"][0]])) };
  expect(joinEdits(freed, "image", "relu1")).toEqual([
    {
      op: "connect",
      graph: path,
      edge: { source: "image", source_port: "output", target: "relu1", target_port: "input", via: [] },
    },
  ]);
});
