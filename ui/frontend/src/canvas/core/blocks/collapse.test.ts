import { describe, expect, it } from "vitest";
import { applyEdits } from "../edits";
import type { Graph, Project } from "../types";
import { PROJECT, link, makeScene } from "./blocks.samples";
import { type Collapsed, collapseEdits } from "./collapse";
import { unpackEdits } from "./unpack";

const collapse = (ids: string[], project = PROJECT, path = "networks.model") =>
  collapseEdits(project, makeScene(project, path), new Set(ids));
const done = (ids: string[], project = PROJECT) => {
  const result = collapse(ids, project);
  if ("refusal" in result) throw new Error(result.refusal);
  return { ...(result as Collapsed), project: applyEdits(project, result.edits) };
};
const links = (graph: Graph | undefined) =>
  graph?.edges.map((edge) => `${edge.source}.${edge.source_port} > ${edge.target}.${edge.target_port}`).sort();
const ids = (graph: Graph | undefined) => graph?.nodes.map((node) => node.id);

describe("a selection becomes a block", () => {
  it("with one port for each value that crosses, and its links kept", () => {
    const { project, network, node } = done(["conv2", "add1"]);
    expect(node).toBe("block");
    expect(ids(project.networks[network])).toEqual(["x", "conv2", "add1", "out"]);
    expect(links(project.networks[network])).toEqual([
      "add1.output > out.input",
      "conv2.output > add1.inputs.0",
      "x.output > add1.inputs.1",
      "x.output > conv2.input",
    ]);
    expect(ids(project.networks.model)).toEqual(["image", "conv1", "relu1", "block", "stage", "out"]);
    expect(links(project.networks.model)).toContain("relu1.output > block.x");
    expect(links(project.networks.model)).toContain("block.out > stage.x");
  });

  it("with names for several ports", () => {
    const { project } = done(["conv1", "relu1"]);
    const branched = done(["relu1", "conv2"], PROJECT).project;
    expect(ids(project.networks.block)).toEqual(["x", "conv1", "relu1", "out"]);
    expect(ids(branched.networks.block)).toEqual(["x", "relu1", "conv2", "conv2_out", "relu1_out"]);
    const two = done(["add1"]).project;
    expect(ids(two.networks.block)).toEqual(["conv2", "relu1", "add1", "out"]);
  });

  it("takes the parameters along that its nodes mention", () => {
    const { project } = done(["conv2", "add1"]);
    expect(project.networks.block?.params).toEqual({ width: 16 });
    const block = project.networks.model?.nodes.find((node) => node.id === "block");
    expect(block?.params).toEqual({ network: "block", arguments: { width: "$width" } });
  });

  it("leaves Inputs and Outputs outside", () => {
    const all = PROJECT.networks.model?.nodes.map((node) => node.id) ?? [];
    expect(ids(done(all).project.networks.model)).toEqual(["image", "block", "out"]);
  });

  it("gives ports to what nothing feeds yet and to what nothing follows", () => {
    const model = PROJECT.networks.model as Graph;
    const loose: Project = {
      ...PROJECT,
      networks: {
        ...PROJECT.networks,
        model: { ...model, edges: [link("conv1 > relu1")].map((e) => ({ ...e, via: [] })) as never },
      },
    };
    expect(links(done(["conv1", "relu1"], loose).project.networks.block)).toEqual([
      "conv1.output > relu1.input",
      "relu1.output > out.input",
      "x.output > conv1.input",
    ]);
  });

  it("refuses what would be a circle, what shares weights across its border, and nothing at all", () => {
    expect(collapse(["relu1", "add1"])).toEqual({
      refusal:
        "conv2 takes from the selected nodes and feeds them, so the block would form a circle. Select conv2 too.",
    });
    const shared = applyEdits(PROJECT, [
      { op: "set_node", graph: "networks.model", id: "conv2", fields: { weights_of: "conv1" } },
    ]);
    expect(collapse(["conv2"], shared)).toEqual({
      refusal: "conv2 shares the weights of conv1, and only one of them is selected. Select both or neither.",
    });
    expect(collapse(["image"])).toHaveProperty("refusal");
    expect(
      collapseEdits(
        PROJECT,
        { ...makeScene(PROJECT), path: "training", graph: PROJECT.training },
        new Set(["predict"]),
      ),
    ).toHaveProperty("refusal");
  });

  it("unpacks to what it was", () => {
    const { project, node } = done(["conv2", "add1"]);
    const back = unpackEdits(project, makeScene(project), node);
    if ("refusal" in back) throw new Error(back.refusal);
    const again = applyEdits(project, back.edits);
    expect(Object.keys(again.networks)).toEqual(["model", "unit"]);
    expect(links(again.networks.model)).toEqual(links(PROJECT.networks.model));
    const bare = (graph: Graph | undefined) => graph?.nodes.map(({ position: _, ...rest }) => rest);
    expect(bare(again.networks.model)).toEqual(bare(PROJECT.networks.model));
  });

  it("closes the gap that the nodes leave", () => {
    const xs = (graph: Graph | undefined) =>
      Object.fromEntries(graph?.nodes.map((one) => [one.id, one.position[0]]) ?? []);
    expect(xs(done(["conv1", "relu1", "conv2"]).project.networks.model)).toEqual({
      image: 0,
      block: 240,
      add1: 480,
      stage: 720,
      out: 960,
    });
    expect(xs(done(["conv1", "conv2"].slice(0, 1)).project.networks.model)).toMatchObject({ block: 240, relu1: 480 });
  });

  it("takes the frames and notes along that belong to its nodes, and leaves the others", () => {
    const model = PROJECT.networks.model as Graph;
    const frame = (title: string, x: number, width: number) =>
      ({ title, position: [x, -40], size: [width, 160], colour: "grey" }) as const;
    const note = (text: string, x: number, y: number) => ({ text, position: [x, y], size: [100, 40] }) as const;
    const drawn: Project = {
      ...PROJECT,
      networks: {
        ...PROJECT.networks,
        model: {
          ...model,
          frames: [frame("inside", 220, 460), frame("all", -20, 1700), frame("behind", 1180, 220)],
          notes: [note("why", 300, 10), note("apart", 300, 600)],
        },
      },
    };
    const { project } = done(["conv1", "relu1"], drawn);
    const titles = (graph: Graph | undefined) => graph?.frames.map(({ title, position }) => [title, position[0]]);
    expect(titles(project.networks.model)).toEqual([
      ["all", -20],
      ["behind", 940],
    ]);
    expect(titles(project.networks.block)).toEqual([["inside", 224]]);
    expect(project.networks.model?.notes.map(({ text }) => text)).toEqual(["apart"]);
    expect(project.networks.block?.notes.map(({ text }) => text)).toEqual(["why"]);
    expect(project.networks.model?.frames[0]?.size).toEqual([1460, 160]);
    const back = unpackEdits(project, makeScene(project), "block");
    if ("refusal" in back) throw new Error(back.refusal);
    const again = applyEdits(project, back.edits).networks.model;
    expect(titles(again)).toEqual([
      ["all", -20],
      ["behind", 1180],
      ["inside", 224],
    ]);
    expect(again?.notes.map(({ text }) => text)).toEqual(["apart", "why"]);
    expect(again?.frames[0]?.size).toEqual([1700, 160]);
  });
});
