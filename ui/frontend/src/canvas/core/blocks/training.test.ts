import { describe, expect, it } from "vitest";
import { fillProject } from "../document";
import { applyEdits } from "../edits";
import { listMentions } from "./mentions";
import { refuseTraining, trainEdits } from "./training";

const ends = (input: string, outputs: string[]) => ({
  nodes: [{ id: input, kind: "Input" }, ...outputs.map((id) => ({ id, kind: "Output" }))],
});
const PROJECT = fillProject({
  networks: { model: ends("image", ["scores", "extra"]), resnet: ends("x", ["out"]) },
  training: {
    nodes: [
      { id: "data", kind: "Data" },
      { id: "predict", kind: "Network", params: { network: "model" } },
      { id: "loss", kind: "CrossEntropyLoss" },
      { id: "adam", kind: "Adam", params: { networks: ["model"], lr: 0.1 } },
      { id: "surface", kind: "DecisionSurface" },
    ],
    edges: [
      { source: "data", source_port: "image", target: "predict", target_port: "image" },
      { source: "predict", source_port: "scores", target: "loss" },
      { source: "predict", source_port: "extra", target: "surface" },
      { source: "loss", target: "adam", target_port: "loss" },
    ],
  },
});

describe("training another network", () => {
  const { training } = applyEdits(PROJECT, trainEdits(PROJECT, "model", "resnet"));
  const links = training.edges.map((edge) => `${edge.source}.${edge.source_port} > ${edge.target}.${edge.target_port}`);

  it("calls it, gives it to the optimizers, and looks at it", () => {
    const params = Object.fromEntries(training.nodes.map((node) => [node.id, node.params]));
    expect(params.predict).toEqual({ network: "resnet" });
    expect(params.adam).toEqual({ networks: ["resnet"], lr: 0.1 });
    expect(params.surface).toEqual({ network: "resnet" });
  });

  it("leads links to the ports at the same places; those that have none go", () => {
    expect(links.sort()).toEqual(["data.image > predict.x", "loss.output > adam.loss", "predict.out > loss.input"]);
  });

  it("is refused with a reason where it is trained already, or where several are", () => {
    expect(refuseTraining(PROJECT, "networks.resnet", "resnet")).toBeUndefined();
    expect(refuseTraining(PROJECT, "networks.model", "model")).toContain("already");
    expect(refuseTraining(PROJECT, "training", "")).toContain("Open the network");
    const rival = { id: "judge", kind: "Network", params: { network: "rival" } };
    const two = applyEdits(PROJECT, [{ op: "add_node", graph: "training", node: rival }]);
    expect(refuseTraining(two, "networks.resnet", "resnet")).toContain("model and rival");
  });
});

it("all that names a network is listed", () => {
  expect(listMentions(PROJECT, "model").map(({ node }) => node.id)).toEqual(["predict", "adam", "surface"]);
  expect(listMentions(PROJECT, "resnet")).toEqual([]);
});
