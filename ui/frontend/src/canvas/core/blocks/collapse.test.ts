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
});
