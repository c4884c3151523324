import { describe, expect, it } from "vitest";
import { PROJECT } from "./blocks/blocks.samples";
import { fillProject } from "./document";
import { TRAIL, film, look, sick } from "./film.samples";
import type { Graph, Step } from "./types";
import { type Sight, findVitals, formatShare, worstOf } from "./vitals";

const MODEL: Sight = { graph: PROJECT.networks.model as Graph, path: "networks.model", trail: [] };
const UNIT = fillProject({
  networks: {
    unit: {
      nodes: [
        { id: "x", kind: "Input" },
        { id: "conv", kind: "Conv2d" },
      ],
    },
  },
}).networks.unit as Graph;
const inside = (trail: readonly Step[]): Sight => ({ graph: UNIT, path: "networks.unit", trail });

describe("nodes of a network", () => {
  const vitals = findVitals(film(), 300, MODEL);

  it("have a state where the run looked at them, and none elsewhere", () => {
    expect([...vitals.keys()]).toEqual(["conv1", "relu1", "stage"]);
  });

  it("tell the number that says most of them", () => {
    expect([vitals.get("conv1")?.label, vitals.get("relu1")?.label]).toEqual(["0.12%", "80% dead"]);
    expect(vitals.get("conv1")?.told).toBe("A step changes its weights by 0.12% of their size.");
  });

  it("show the state of the step that is looked at, and how it came to that", () => {
    expect(findVitals(film(), 100, MODEL).get("relu1")?.label).toBe("40% dead");
    expect(findVitals(film(), 1, MODEL).get("relu1")?.trace).toBe("");
    expect(vitals.get("relu1")?.trace).toMatch(/^M0\.0 \S+L18\.0 \S+L36\.0 \S+$/);
  });
});

describe("health", () => {
  const open = { is_open: true };
  const healthOf = (id: string, diagnoses: ReturnType<typeof sick>[], sight = MODEL) =>
    findVitals(film({ diagnoses }), 300, sight).get(id)?.health;

  it("is that of the gravest finding, and fine without one", () => {
    expect(healthOf("conv1", [])).toBe("fine");
    const advice = sick("conv1", "networks.model", open);
    const mild = { ...advice, finding: { ...advice.finding, severity: "advice" as const } };
    expect(healthOf("conv1", [mild])).toBe("watch");
    expect(healthOf("conv1", [mild, sick("conv1", "networks.model", open)])).toBe("sick");
    expect(healthOf("relu1", [sick("conv1", "networks.model", open)])).toBe("watch");
  });

  it("is never fine where the doctor would worry, though it needs more looks to say so", () => {
    const at = (step: number, id: string) => findVitals(film(), step, MODEL).get(id)?.health;
    expect([at(100, "relu1"), at(300, "relu1")]).toEqual(["fine", "watch"]);
    expect([at(1, "conv1"), at(300, "conv1"), at(300, "stage")]).toEqual(["fine", "fine", "watch"]);
    const steep = film({ looks: [look(1, [0.5]), look(300, [0.5])] });
    expect([1, 300].map((step) => findVitals(steep, step, MODEL).get("conv1")?.health)).toEqual(["fine", "watch"]);
  });

  it("says the sentence first", () => {
    const [one] = [findVitals(film({ diagnoses: [sick("conv1", "networks.model", open)] }), 300, MODEL).get("conv1")];
    expect(one?.told).toBe("conv1 dies.\n\nA step changes its weights by 0.12% of their size.");
  });

  it("is over when the finding is", () => {
    expect(healthOf("conv1", [sick("conv1", "networks.model")])).toBe("fine");
  });

  it("of a block is the worst inside of it", () => {
    expect(healthOf("stage", [sick("conv", "networks.unit", open, TRAIL)])).toBe("sick");
  });

  it("of a node in a block is its own, and a hint where another use is sick", () => {
    const dying = [sick("conv", "networks.unit", open, TRAIL)];
    expect(healthOf("conv", dying, inside(TRAIL))).toBe("sick");
    expect(healthOf("conv", dying, inside([["networks.model", "stage", 0]]))).toBe("watch");
    expect(healthOf("conv", [sick("conv", "networks.unit", open)], inside(TRAIL))).toBe("sick");
  });

  it("is bad where numbers are none any more", () => {
    const rows = [[0, null, null, null, null, null, null, true]] as const;
    const one = film({ looks: [{ step: 300, values: rows }] });
    expect(findVitals(one, 300, MODEL).get("conv1")).toMatchObject({ health: "sick", label: "" });
  });

  it("takes the worst of many", () => {
    expect(worstOf(["fine", "sick", "watch"])).toBe("sick");
    expect(worstOf([])).toBe("fine");
  });
});

describe("where nodes stand", () => {
  it("is told apart by the way into a block", () => {
    const label = (turn: number) =>
      findVitals(film(), 100, inside([["networks.model", "stage", turn]])).get("conv")?.label;
    expect([label(0), label(1)]).toEqual(["1%", "0.1%"]);
    expect(findVitals(film(), 100, inside([])).size).toBe(0);
  });

  it("is another in the training graph: a call stands for the whole network, an optimizer for itself", () => {
    const graph = fillProject({
      training: {
        nodes: [
          { id: "call", kind: "Network", params: { network: "model" } },
          { id: "other", kind: "Network", params: { network: "none" } },
          { id: "sgd", kind: "SGD" },
        ],
      },
    }).training;
    const diagnoses = [
      sick("sgd", "training", { is_open: true }),
      sick("conv", "networks.unit", { is_open: true }, TRAIL),
    ];
    const vitals = findVitals(film({ diagnoses }), 300, { graph, path: "training", trail: [] });
    expect([...vitals].map(([id, { health }]) => [id, health])).toEqual([
      ["call", "sick"],
      ["sgd", "sick"],
    ]);
  });

  it("follows names: a node that was renamed keeps its state, one that was added has none", () => {
    const graph = {
      ...MODEL.graph,
      nodes: MODEL.graph.nodes.map((node) => (node.id === "conv1" ? { ...node, id: "stem" } : node)),
    };
    const names = new Map(MODEL.graph.nodes.map(({ id }) => [id === "conv1" ? "stem" : id, id]));
    expect(findVitals(film(), 300, { ...MODEL, graph, names }).get("stem")?.label).toBe("0.12%");
    names.delete("stem");
    expect(findVitals(film(), 300, { ...MODEL, graph, names }).has("stem")).toBe(false);
  });

  it("is nowhere for a node whose kind was replaced since", () => {
    const graph = {
      ...MODEL.graph,
      nodes: MODEL.graph.nodes.map((node) => (node.id === "conv1" ? { ...node, kind: "LSTM" } : node)),
    };
    expect(findVitals(film(), 300, { ...MODEL, graph }).has("conv1")).toBe(false);
  });
});

it("writes shares shortly", () => {
  expect([0, 0.0012, 0.0344, 0.5, 1, 1e-7].map(formatShare)).toEqual(["0%", "0.12%", "3.4%", "50%", "100%", "<0.001%"]);
});
