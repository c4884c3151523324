import { describe, expect, it } from "vitest";
import { applyEdits } from "./edits";
import { replaceEdits } from "./replacing";
import { CATALOGUE, PROJECT, SCENE, kind, kindNamed, port } from "./samples";
import type { Catalogue, Edit, Graph, Kind, Schema } from "./types";

const path = "networks.model";
const number: Schema = { type: "integer", minimum: 1, default: 1 };
const withParams = (name: string, properties: Record<string, Schema>, part: Partial<Kind> = {}) =>
  kind(name, { ...part, schema: { type: "object", properties } });
const wide = withParams("Conv3d", { out_channels: number, kernel_size: { ...number, maximum: 5 } });
const lookup = withParams("Lookup", { size: number }, { inputs: [port("index", { dtype: "integer" })] });
const subtract = kind("Subtract", { inputs: [port("input"), port("other")] });
const catalogue: Catalogue = { ...CATALOGUE, network: [...CATALOGUE.network, wide, lookup, subtract] };

const CHANGED = applyEdits(PROJECT, [
  { op: "set_param", graph: path, id: "conv1", name: "out_channels", value: 8 },
  { op: "set_param", graph: path, id: "conv1", name: "kernel_size", value: 7 },
  { op: "set_param", graph: path, id: "conv1", name: "bias", value: false },
  {
    op: "add_node",
    graph: path,
    node: { id: "twin", kind: "Conv2d", params: {}, position: [0, 0], bypassed: false, weights_of: "conv1" },
  },
]);

function replace(ids: string[], wanted: Kind, project = CHANGED): Graph {
  const scene = { ...SCENE, catalogue, graph: project.networks.model as Graph };
  const { edits } = replaceEdits(scene, new Set(ids), wanted);
  return applyEdits(project, edits).networks.model as Graph;
}
const links = (graph: Graph) =>
  graph.edges.map((edge) => `${edge.source}.${edge.source_port}>${edge.target}.${edge.target_port}`).sort();

describe("replacing a node", () => {
  it("keeps its links, its place and a name that a person chose", () => {
    const graph = replace(["conv1"], wide);
    expect(graph.nodes[1]).toMatchObject({ id: "conv1", kind: "Conv3d", position: [240, 0] });
    expect(links(graph)).toEqual(links(PROJECT.networks.model as Graph));
  });
  it("keeps the parameters that both kinds have, where the new one can take the value", () => {
    expect(replace(["conv1"], wide).nodes[1]?.params).toEqual({ out_channels: 8 });
  });
  it("keeps that others share its weights", () => {
    expect(replace(["conv1"], wide).nodes.at(-1)?.weights_of).toBe("conv1");
  });
  it("does not share weights with a node of another kind", () => {
    expect(replace(["twin"], wide).nodes.at(-1)?.weights_of).toBeNull();
  });
  it("goes on sharing with a node of a kind that lends it its weights", () => {
    expect(replace(["twin"], { ...wide, borrows_from: ["Conv2d"] }).nodes.at(-1)?.weights_of).toBe("conv1");
  });
  it("gives a new name where the old one was the kind's own, and links and mentions follow", () => {
    const renamed = applyEdits(CHANGED, [{ op: "rename_node", graph: path, id: "conv1", to: "conv2d" }]);
    const graph = replace(["conv2d"], wide, renamed);
    expect(graph.nodes[1]?.id).toBe("conv3d");
    expect(graph.nodes.at(-1)?.weights_of).toBe("conv3d");
    expect(links(graph)).toContain("conv3d.output>relu1.input");
  });
  it("puts links on ports of other names in their order", () => {
    const summed = applyEdits(
      CHANGED,
      [
        ...(["relu1", "lone"] as const).map((source, place): Edit => ({
          op: "connect",
          graph: path,
          edge: { source, target: "sum", target_port: `inputs.${place}` },
        })),
      ].reduce<Edit[]>(
        (edits, edit) => [...edits, edit],
        [
          {
            op: "add_node",
            graph: path,
            node: { id: "sum", kind: "Add", params: {}, position: [0, 0], bypassed: false, weights_of: null },
          },
        ],
      ),
    );
    const graph = replace(["sum"], subtract, summed);
    expect(links(graph)).toEqual(expect.arrayContaining(["relu1.output>sum.input", "lone.output>sum.other"]));
    const back = applyEdits(summed, []);
    expect(links(replace(["sum"], kindNamed("ReLU"), back))).toContain("relu1.output>sum.input");
    expect(links(replace(["sum"], kindNamed("ReLU"), back)).filter((link) => link.includes("sum."))).toHaveLength(1);
  });
  it("takes off links whose numbers do not fit", () => {
    expect(links(replace(["conv1"], lookup))).toEqual(["conv1.output>relu1.input", "relu1.output>out.input"]);
  });
  it("does so with several at once, and gives their names", () => {
    const { ids } = replaceEdits(SCENE, new Set(["conv1", "relu1"]), kindNamed("Linear"));
    expect(ids).toEqual(["conv1", "linear"]);
    expect(links(replace(["conv1", "relu1"], kindNamed("Linear")))).toEqual([
      "conv1.output>linear.input",
      "image.output>conv1.input",
      "linear.output>out.input",
    ]);
  });
  it("by its own kind changes nothing", () => {
    expect(replaceEdits(SCENE, new Set(["conv1"]), kindNamed("Conv2d")).edits).toEqual([]);
  });
});
