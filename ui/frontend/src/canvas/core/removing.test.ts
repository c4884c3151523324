import { describe, expect, it } from "vitest";
import { applyEdits } from "./edits";
import { detachEdits, removeEdits } from "./removing";
import { PROJECT, SCENE } from "./samples";
import type { Edge, Edit, Graph } from "./types";

const path = "networks.model";
const after = (edits: readonly Edit[], project = PROJECT) => applyEdits(project, edits).networks.model as Graph;
const links = (graph: Graph) => graph.edges.map((edge) => `${edge.source}>${edge.target}`).sort();
const edge = (source: string, target: string, target_port = "input"): Edit => ({
  op: "connect",
  graph: path,
  edge: { source, target, target_port },
});

/** The sample with a branch: conv1 and image both feed a sum, which feeds the output. */
const BRANCHED = applyEdits(PROJECT, [
  {
    op: "add_node",
    graph: path,
    node: { id: "sum", kind: "Add", params: {}, position: [600, 0], bypassed: false, weights_of: null },
  },
  edge("relu1", "sum", "inputs.0"),
  edge("image", "sum", "inputs.1"),
  edge("sum", "out"),
]);
const branched = { ...SCENE, graph: BRANCHED.networks.model as Graph };

describe("deleting", () => {
  it("a node in a chain heals the link", () => {
    expect(links(after(removeEdits(SCENE, new Set(["conv1"]), [])))).toEqual(["image>relu1", "relu1>out"]);
  });
  it("several nodes of a chain heals it as well", () => {
    expect(links(after(removeEdits(SCENE, new Set(["conv1", "relu1"]), [])))).toEqual(["image>out"]);
  });
  it("nodes of two chains heals both", () => {
    const graph = after(removeEdits(branched, new Set(["conv1", "relu1"]), []), BRANCHED);
    expect(links(graph)).toEqual(["image>sum", "image>sum", "sum>out"]);
  });
  it("a node that several feed leaves a gap: which of them should go on is not for us to say", () => {
    expect(links(after(removeEdits(branched, new Set(["sum"]), []), BRANCHED))).toEqual(["conv1>relu1", "image>conv1"]);
  });
  it("without healing leaves a gap", () => {
    expect(links(after(removeEdits(SCENE, new Set(["conv1"]), [], false)))).toEqual(["relu1>out"]);
  });
  it("a link leaves its nodes", () => {
    const graph = after(removeEdits(SCENE, new Set(), [SCENE.graph.edges[0] as Edge]));
    expect(links(graph)).toEqual(["conv1>relu1", "relu1>out"]);
    expect(graph.nodes.length).toBe(5);
  });
});

describe("detaching", () => {
  it("a node heals the link, and the node steps aside", () => {
    const graph = after(detachEdits(SCENE, new Set(["conv1"])));
    expect(links(graph)).toEqual(["image>relu1", "relu1>out"]);
    expect(graph.nodes.find((node) => node.id === "conv1")?.position).toEqual([240, 96]);
  });
  it("several nodes keeps the links among them", () => {
    expect(links(after(detachEdits(SCENE, new Set(["conv1", "relu1"]))))).toEqual(["conv1>relu1", "image>out"]);
  });
  it("a node at the end only takes its links off", () => {
    const graph = after(detachEdits(SCENE, new Set(["out"])));
    expect(links(graph)).toEqual(["conv1>relu1", "image>conv1"]);
    expect(graph.nodes.find((node) => node.id === "out")?.position).toEqual([720, 0]);
  });
  it("a node without links is nothing to do", () => {
    expect(detachEdits(SCENE, new Set(["lone"]))).toEqual([]);
  });
});
