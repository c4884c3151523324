import { describe, expect, it } from "vitest";
import { CATALOGUE, PROJECT, node } from "./blocks/blocks.samples";
import { applyEdits } from "./edits";
import { BEGINNINGS } from "./learning";
import { commonChoice, findLearners, learningEdits, tellLearning } from "./learners";
import { kind } from "./samples";
import type { Analysis, Json, Kind, Project, Step } from "./types";

const ADAM = kind("Adam", { schema: { type: "object", properties: { groups: { type: "array" } } } });
const KINDS: Kind[] = [...CATALOGUE.training, ADAM, kind("Average")];

const conv = { tensors: { weight: 4, bias: 1 }, parameters: 10 };
const ANALYSIS: Analysis = {
  graphs: {
    "networks.model": { nodes: { conv1: conv, relu1: {}, conv2: conv, stage: { uses: [0, 0], parameters: 20 } } },
    "networks.unit": {
      nodes: { conv1: conv, relu: {} },
      uses: [{ trail: [["networks.model", "stage", 0]], nodes: {}, parameters: 10, multiply_adds: 1 }],
    },
  },
  findings: [],
};

/** The project with these optimizers: the networks that each trains, and its groups. */
function trained(optimizers: Record<string, readonly [networks: string[], groups?: Json]>, more = {}): Project {
  const edits = Object.entries(optimizers).map(([id, [networks, groups = []]]) => ({
    op: "add_node",
    graph: "training",
    node: node(id, "Adam", 0, { networks, groups }, more),
  }));
  return applyEdits(PROJECT, edits);
}

const look = (project: Project, id: string, path = "networks.model", trail: Step[] = []) =>
  findLearners({ project, analysis: ANALYSIS, path, trail, kinds: KINDS }, id);
const inside = (project: Project, turn: number) =>
  look(project, "conv1", "networks.unit", [["networks.model", "stage", turn]]);

describe("a node of a network", () => {
  it("is told to learn at the full rate with everything that trains it", () => {
    const project = trained({ first: [["model"]], second: [["model"]], third: [["unit"]] });
    expect(tellLearning(look(project, "conv1"))).toEqual(["Learns with first and second at the full rate."]);
  });
  it("is not spoken of where nothing trains it, or it has nothing to learn", () => {
    expect(look(PROJECT, "conv1")).toEqual([]);
    expect(look(trained({ adam: [["unit"]] }), "conv1")).toEqual([]);
    expect(look(trained({ adam: [["model"]] }, { bypassed: true }), "conv1")).toEqual([]);
    expect(look(trained({ adam: [["model"]] }), "relu1")).toEqual([]);
    expect(look(trained({ adam: [["model"]] }), "adam", "training")).toEqual([]);
    const shared = { op: "set_node", graph: "networks.model", id: "conv2", fields: { weights_of: "conv1" } };
    expect(look(applyEdits(trained({ adam: [["model"]] }), [shared]), "conv2")).toEqual([]);
  });
  it("is called with its network where an optimizer trains several", () => {
    const project = trained({ one: [["model"]], both: [["model", "unit"]] });
    expect(look(project, "conv1").map(({ name }) => name)).toEqual(["conv1", "model.conv1"]);
    const frozen = applyEdits(project, learningEdits(look(project, "conv1"), BEGINNINGS.frozen));
    expect(frozen.training.nodes.map(({ params }) => params.groups).slice(1)).toEqual([
      [{ match: "conv1", frozen: true }],
      [{ match: "model.conv1", frozen: true }],
    ]);
  });
  it("inside of a block is called by the way to it, the repetition counted", () => {
    const project = trained({ adam: [["model"]] });
    expect(inside(project, 1).map(({ name }) => name)).toEqual(["stage.1.conv1"]);
    expect(look(project, "stage")[0]?.tensors.map(([name]) => name)).toEqual([
      ...["stage.0.conv1.weight", "stage.0.conv1.bias", "stage.1.conv1.weight", "stage.1.conv1.bias"],
    ]);
  });
});

describe("how a node learns is told", () => {
  const tell = (groups: Json, id = "conv1") => tellLearning(look(trained({ adam: [["model"], groups] }), id)).join(" ");
  it("with the numbers of its group", () => {
    expect(tell([{ match: "conv1", frozen: true }])).toBe("Frozen, adam changes nothing.");
    expect(tell([{ match: "conv1", lr_scale: 0.1 }])).toBe("Learns with adam at 0.1 of the rate.");
    expect(tell([{ match: "conv1", lr_scale: 10 }])).toBe("Learns with adam at 10 times the rate.");
    expect(tell([{ match: "conv1", from_epoch: 1 }])).toBe(
      "Frozen for the first epoch, then learns with adam at the full rate.",
    );
    expect(tell([{ match: "conv1", from_epoch: 3, lr_scale: 0.5 }])).toBe(
      "Frozen for the first 3 epochs, then learns with adam at 0.5 of the rate.",
    );
  });
  it("with a wider group that decides it", () => {
    expect(tell([{ match: "conv*", frozen: true }])).toBe(
      "Frozen, adam changes nothing. The group “conv*” decides it.",
    );
  });
  it("with what inside of it learns otherwise", () => {
    const groups = [
      { match: "stage.1.conv1", lr_scale: 0.1 },
      { match: "stage", frozen: true },
    ];
    expect(tell(groups, "stage")).toBe(
      "Frozen, adam changes nothing. “stage.1.conv1” in it: learns with adam at 0.1 of the rate.",
    );
  });
  it("with the weight decay that it lost to its own group", () => {
    const groups = [
      { match: "conv1", lr_scale: 0.1 },
      { match: "biases_and_norms", weight_decay: 0 },
    ];
    expect(tell(groups)).toBe(
      "Learns with adam at 0.1 of the rate. The weight decay is that of adam, not that of “biases_and_norms”.",
    );
  });
  it("for each optimizer by itself where they differ", () => {
    const project = trained({ one: [["model"], [{ match: "conv1", frozen: true }]], two: [["model"]] });
    const learners = look(project, "conv1");
    expect(tellLearning(learners)).toEqual(["Frozen, one changes nothing.", "Learns with two at the full rate."]);
    expect(commonChoice(learners)).toBeUndefined();
  });
});

it("what is frozen and learns again leaves no trace", () => {
  const project = applyEdits(trained({ adam: [["model"]] }), [
    { op: "unset_param", graph: "training", id: "adam", name: "groups" },
  ]);
  const frozen = applyEdits(project, learningEdits(look(project, "stage"), BEGINNINGS.frozen));
  expect(commonChoice(inside(frozen, 0))).toBe("frozen");
  expect(applyEdits(frozen, learningEdits(look(frozen, "stage"), BEGINNINGS.learns))).toEqual(project);
});
