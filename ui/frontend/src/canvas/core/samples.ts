/** A small project and catalogue for the tests of the core. */

import { fillProject } from "./document";
import type { Scene } from "./ports";
import type { Analysis, Catalogue, Kind, OutputFacts, Port, Project } from "./types";

export const port = (name: string, part: Partial<Port> = {}): Port => ({
  name,
  ranks: [],
  dtype: "float",
  optional: false,
  variadic: false,
  help: "",
  ...part,
});

export const kind = (name: string, part: Partial<Kind> = {}): Kind => ({
  kind: name,
  family: "Linear",
  title: name,
  summary: `${name} does something.`,
  help: "",
  synonyms: [],
  shown: [],
  inputs: [port("input")],
  outputs: [port("output")],
  dynamic_ports: false,
  schema: { type: "object", properties: {} },
  ...part,
});

export const CATALOGUE: Catalogue = {
  network: [
    kind("Input", { inputs: [] }),
    kind("Output", { outputs: [] }),
    kind("Conv2d", {
      family: "Convolution",
      inputs: [port("input", { ranks: [4] })],
      synonyms: ["convolution", "filter"],
    }),
    kind("Linear", { synonyms: ["dense", "fully connected"], inputs: [port("input", { ranks: [2, 3] })] }),
    kind("ReLU", { family: "Activation", synonyms: ["rectifier"] }),
    kind("Add", { family: "Merge", inputs: [port("inputs", { variadic: true })] }),
    kind("Embedding", { inputs: [port("input", { dtype: "integer" })] }),
  ],
  training: [kind("Network", { dynamic_ports: true, inputs: [], outputs: [] })],
};

const node = (id: string, name: string, x: number, y = 0) => ({ id, kind: name, position: [x, y] });

export const PROJECT: Project = fillProject({
  name: "Sample",
  networks: {
    model: {
      nodes: [
        node("image", "Input", 0),
        node("conv1", "Conv2d", 240),
        node("relu1", "ReLU", 480),
        node("out", "Output", 720),
        node("lone", "Linear", 240, 200),
      ],
      edges: [
        { source: "image", target: "conv1" },
        { source: "conv1", target: "relu1" },
        { source: "relu1", target: "out" },
      ],
    },
  },
});

const gives = (name: string, shape: (string | number)[], dtype = "float32"): OutputFacts => ({
  name,
  shape,
  dtype,
  label: shape.slice(1).join("×"),
});

export const ANALYSIS: Analysis = {
  graphs: {
    "networks.model": {
      nodes: {
        image: { outputs: [gives("output", ["B", 1, 28, 28])] },
        conv1: { outputs: [gives("output", ["B", 32, 26, 26])], parameters: 320 },
        relu1: { outputs: [gives("output", ["B", 32, 26, 26])] },
        lone: { outputs: [gives("output", ["B", 10])] },
      },
    },
  },
  findings: [],
};

export const SCENE: Scene = {
  graph: PROJECT.networks.model as Scene["graph"],
  path: "networks.model",
  catalogue: CATALOGUE,
  analysis: ANALYSIS,
};

export const kindNamed = (name: string): Kind => CATALOGUE.network.find((one) => one.kind === name) as Kind;
