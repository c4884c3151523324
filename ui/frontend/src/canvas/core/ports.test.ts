import { describe, expect, it } from "vitest";
import { EMPTY_GRAPH } from "./document";
import { applyEdits } from "./edits";
import { downstream, freeInput, portsOf, refuse, scenePorts, upstream } from "./ports";
import { ANALYSIS, CATALOGUE, PROJECT, SCENE, kindNamed } from "./samples";
import type { Graph, GraphNode } from "./types";

const link = (source: string, target: string, target_port = "input") => ({
  source,
  source_port: "output",
  target,
  target_port,
});
const path = "networks.model";

describe("a link is refused", () => {
  it("when it would close a circle", () => {
    expect(refuse(SCENE, link("relu1", "conv1"))).toBe("This would close a circle: relu1 already depends on conv1.");
  });
  it("when a node would feed itself", () => {
    expect(refuse(SCENE, link("relu1", "relu1"))).toBe("relu1 cannot feed itself.");
  });
  it("when the number of axes does not fit, and names what comes", () => {
    expect(refuse(SCENE, link("conv1", "lone"))).toBe(
      "lone needs 1 or 2 axes besides the batch, conv1 gives 32×26×26.",
    );
  });
  it("when real numbers come where whole numbers are needed", () => {
    const project = applyEdits(PROJECT, [{ op: "add_node", graph: path, node: { id: "words", kind: "Embedding" } }]);
    const scene = { ...SCENE, graph: project.networks.model as Graph };
    expect(refuse(scene, link("conv1", "words"))).toBe("words takes whole numbers, conv1 gives real numbers.");
  });
  it("when there is no such input", () => {
    expect(refuse(SCENE, link("image", "relu1", "other"))).toBe('relu1 has no input "other".');
  });
});

it("a link that fits is not refused", () => {
  expect(refuse(SCENE, link("image", "relu1"))).toBeUndefined();
});

it("a variadic port always shows one free place", () => {
  const project = applyEdits(PROJECT, [
    { op: "add_node", graph: path, node: { id: "sum", kind: "Add" } },
    { op: "connect", graph: path, edge: { source: "conv1", target: "sum", target_port: "inputs.0" } },
  ]);
  const graph = project.networks.model as Graph;
  const sum = graph.nodes.at(-1) as GraphNode;
  expect(portsOf(sum, kindNamed("Add"), undefined, graph).inputs.map((port) => port.name)).toEqual([
    "inputs.0",
    "inputs.1",
  ]);
  expect(freeInput({ ...SCENE, graph }, "relu1", "output", "sum")).toBe("inputs.1");
});

it("a node of an unknown kind keeps the ports that its links name", () => {
  const graph: Graph = {
    ...EMPTY_GRAPH,
    nodes: [{ id: "new", kind: "FromTheFuture", params: {}, position: [0, 0], bypassed: false, weights_of: null }],
    edges: [{ source: "a", source_port: "x", target: "new", target_port: "strange", via: [] }],
  };
  const ports = scenePorts({ graph, path, catalogue: CATALOGUE, analysis: ANALYSIS }, graph.nodes[0] as GraphNode);
  expect(ports.inputs.map((port) => port.name)).toEqual(["strange"]);
});

it("the ports of a network in the training graph are what Python found", () => {
  const graph: Graph = {
    ...EMPTY_GRAPH,
    nodes: [{ id: "predict", kind: "Network", params: {}, position: [0, 0], bypassed: false, weights_of: null }],
  };
  const analysis = {
    graphs: {
      training: { nodes: { predict: { inputs: ["image"], outputs: [{ name: "scores", dtype: "float32" }] } } },
    },
    findings: [],
  };
  const ports = scenePorts({ graph, path: "training", catalogue: CATALOGUE, analysis }, graph.nodes[0] as GraphNode);
  expect(ports.inputs.map((port) => port.name)).toEqual(["image"]);
  expect(ports.outputs.map((port) => [port.name, port.dtype])).toEqual([["scores", "float"]]);
});

it("upstream and downstream follow the links", () => {
  expect([...upstream(SCENE.graph, ["relu1"])].sort()).toEqual(["conv1", "image", "relu1"]);
  expect([...downstream(SCENE.graph, ["conv1"])].sort()).toEqual(["conv1", "out", "relu1"]);
});
