/** A project with blocks for the tests: a chain with a branch, a network with parameters, one inside the other. */

import { fillProject } from "../document";
import type { Scene } from "../ports";
import { kind, port } from "../samples";
import type { Analysis, Catalogue, Project } from "../types";

export const CATALOGUE: Catalogue = {
  network: [
    kind("Input", { inputs: [] }),
    kind("Output", { outputs: [] }),
    kind("Conv2d", { inputs: [port("input", { ranks: [4] })] }),
    kind("ReLU"),
    kind("Add", { inputs: [port("inputs", { variadic: true })] }),
    kind("Embedding", { inputs: [port("input", { dtype: "integer" })] }),
    kind("LSTM", {
      inputs: [port("input"), port("lengths", { optional: true })],
      outputs: [port("output"), port("last")],
    }),
    kind("Block", { dynamic_ports: true, inputs: [], outputs: [] }),
  ],
  training: [kind("Network", { dynamic_ports: true, inputs: [], outputs: [] })],
};

const node = (id: string, name: string, x: number, params = {}, more = {}) => ({
  id,
  kind: name,
  params,
  position: [x, 0],
  ...more,
});
const link = (text: string) => {
  const [from = "", to = ""] = text.split(" > ");
  const [source, ...out] = from.split(".");
  const [target, ...into] = to.split(".");
  return { source, target, source_port: out.join(".") || "output", target_port: into.join(".") || "input" };
};

export const PROJECT: Project = fillProject({
  networks: {
    model: {
      nodes: [
        node("image", "Input", 0, { shape: [3, 8, 8] }),
        node("conv1", "Conv2d", 240, { out_channels: "$width" }),
        node("relu1", "ReLU", 480),
        node("conv2", "Conv2d", 720, { out_channels: "$width * 2" }),
        node("add1", "Add", 960),
        node("stage", "Block", 1200, { network: "unit", repeat: 2, arguments: { channels: "$width" } }),
        node("out", "Output", 1440),
      ],
      edges: [
        "image > conv1",
        "conv1 > relu1",
        "relu1 > conv2",
        "conv2 > add1.inputs.0",
        "relu1 > add1.inputs.1",
        "add1 > stage.x",
        "stage.y > out",
      ].map(link),
      params: { width: 16, unused: 1 },
    },
    unit: {
      nodes: [
        node("x", "Input", 0, { shape: [4, 8, 8] }),
        node("conv1", "Conv2d", 240, { out_channels: "$channels * $factor", groups: "$classes" }),
        node("relu", "ReLU", 480),
        node("y", "Output", 720),
      ],
      edges: ["x > conv1", "conv1 > relu", "relu > y"].map(link),
      params: { channels: 4, factor: 2 },
    },
  },
  training: { nodes: [node("predict", "Network", 0, { network: "model" })] },
});

export const makeScene = (project: Project, path = "networks.model", analysis?: Analysis): Scene => ({
  graph: project.networks[path.slice("networks.".length)] as Scene["graph"],
  path,
  catalogue: CATALOGUE,
  analysis,
});

export { link, node };
