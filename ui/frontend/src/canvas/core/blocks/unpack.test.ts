import { describe, expect, it } from "vitest";
import { applyEdits } from "../edits";
import type { Edit, Graph } from "../types";
import { PROJECT, makeScene } from "./blocks.samples";
import { type Unpacked, unpackEdits } from "./unpack";

const change = (...edits: Edit[]) => applyEdits(PROJECT, edits);
const unpack = (project = PROJECT, id = "stage") => unpackEdits(project, makeScene(project), id);
const links = (graph: Graph | undefined) =>
  graph?.edges.map((edge) => `${edge.source}.${edge.source_port} > ${edge.target}.${edge.target_port}`).sort();
const set = (name: string, value: unknown): Edit => ({
  op: "set_param",
  graph: "networks.model",
  id: "stage",
  name,
  value,
});

describe("a block is unpacked", () => {
  const unpacked = unpack() as Unpacked;
  const after = applyEdits(PROJECT, unpacked.edits);

  it("as often as it repeats, under free names, one behind the other", () => {
    expect(unpacked.nodes).toEqual(["conv3", "relu", "conv4", "relu_2"]);
    expect(links(after.networks.model)).toEqual(
      expect.arrayContaining(["add1.output > conv3.input", "relu.output > conv4.input", "relu_2.output > out.input"]),
    );
    expect(unpacked.hint).toBe(
      "stage was repeated 2 times: its nodes stand here 2 times. Nothing else used unit, so it went with it.",
    );
  });

  it("with its arguments and defaults in place of its parameters", () => {
    const conv = after.networks.model?.nodes.find((node) => node.id === "conv4");
    expect(conv?.params).toEqual({ out_channels: "$width * 2", groups: "$classes" });
    const plain = change(set("arguments", { channels: 8, factor: 3 }));
    const done = applyEdits(plain, (unpack(plain) as Unpacked).edits);
    expect(done.networks.model?.nodes.find((node) => node.id === "conv3")?.params.out_channels).toBe(24);
  });

  it("in its place in the list of nodes", () => {
    expect(after.networks.model?.nodes.map((node) => node.id).slice(-5)).toEqual([
      "conv3",
      "relu",
      "conv4",
      "relu_2",
      "out",
    ]);
  });

  it("the first time as the network that its first repetition uses, ports matched by their places", () => {
    const first = {
      nodes: [
        { id: "image", kind: "Input" },
        { id: "down", kind: "Conv2d", params: { out_channels: "$channels", stride: "$stride" } },
        { id: "half", kind: "Output" },
      ],
      edges: [
        { source: "image", target: "down" },
        { source: "down", target: "half" },
      ],
      params: { channels: 2, stride: 2 },
    };
    const project = change(
      { op: "add_graph", name: "first", graph: first },
      set("first_network", "first"),
      set("first_arguments", { stride: 3 }),
    );
    const made = unpack(project) as Unpacked;
    const done = applyEdits(project, made.edits);
    expect(done.networks.model?.nodes.find((node) => node.id === "down")?.params).toEqual({
      out_channels: "$width",
      stride: 3,
    });
    expect(links(done.networks.model)).toEqual(
      expect.arrayContaining(["add1.output > down.input", "down.output > conv3.input", "relu.output > out.input"]),
    );
    expect(Object.keys(done.networks)).toEqual(["model"]);
  });

  it("and its network stays while something else uses it", () => {
    const twice = change({
      op: "add_node",
      graph: "networks.model",
      node: { id: "more", kind: "Block", params: { network: "unit" } },
    });
    const done = unpack(twice) as Unpacked;
    expect(applyEdits(twice, done.edits).networks.unit).toBeDefined();
    expect(done.hint).not.toContain("went with it");
  });

  it("with inputs beyond the outputs handed to every repetition", () => {
    const project = change(
      { op: "add_node", graph: "networks.unit", node: { id: "memory", kind: "Input" } },
      { op: "add_node", graph: "networks.unit", node: { id: "sum", kind: "Add" } },
      { op: "connect", graph: "networks.unit", edge: { source: "relu", target: "sum", target_port: "inputs.0" } },
      { op: "connect", graph: "networks.unit", edge: { source: "memory", target: "sum", target_port: "inputs.1" } },
      { op: "connect", graph: "networks.unit", edge: { source: "sum", target: "y" } },
      { op: "connect", graph: "networks.model", edge: { source: "conv1", target: "stage", target_port: "memory" } },
    );
    const done = applyEdits(project, (unpack(project) as Unpacked).edits);
    expect(links(done.networks.model)).toEqual(
      expect.arrayContaining([
        "conv1.output > sum.inputs.1",
        "conv1.output > sum_2.inputs.1",
        "sum.output > conv4.input",
      ]),
    );
  });
});

describe("a block is not unpacked", () => {
  const shares: Edit = { op: "set_node", graph: "networks.model", id: "stage", fields: { weights_of: "other" } };
  const clash: Edit = { op: "set_graph", graph: "networks.model", fields: { params: { width: 1, classes: 3 } } };
  const off: Edit = { op: "set_node", graph: "networks.model", id: "stage", fields: { bypassed: true } };
  it.each([
    [[shares], "stage shares the weights of other. Give it weights of its own first."],
    [[off], "stage is bypassed. Let it take part again first."],
    [[set("repeat", 256)], "stage repeats 256 times and would become 1024 nodes. Lower repeat first."],
    [[set("repeat", "$n")], "How often stage repeats is not known. Set repeat to a number first."],
    [[clash], "$classes in unit is a fact of the data, and here a parameter of the network. Rename one of them first."],
    [
      [set("arguments", { factor: 0.5 })],
      'stage cannot be unpacked: "$channels * $factor" computes with $factor, which is 0.5 and no whole number.',
    ],
  ])("where that cannot be said: %j", (edits, refusal) => {
    expect(unpack(change(...edits))).toEqual({ refusal });
  });
});
