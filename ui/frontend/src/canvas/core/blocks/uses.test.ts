import { describe, expect, it } from "vitest";
import { applyEdits } from "../edits";
import type { Analysis, NodeFacts, Step } from "../types";
import { PROJECT } from "./blocks.samples";
import { blockNetworks, listTabs, showUse, trailOf, useAt, usedWithin, writeTrail } from "./uses";

const conv = (label: string): Record<string, NodeFacts> => ({ conv1: { outputs: [{ name: "output", label }] } });
const step = (turn: number): Step => ["networks.model", "stage", turn];
const finding = (message: string, uses?: number[]) => ({
  code: "T005",
  severity: "error" as const,
  message,
  graph: "networks.unit",
  node: "conv1",
  port: null,
  param: null,
  repairs: [],
  ...(uses && { uses }),
});
const ANALYSIS: Analysis = {
  graphs: {
    "networks.model": { nodes: { stage: { uses: [0, 1] } } },
    "networks.unit": {
      nodes: conv("8×8×8"),
      parameters: 10,
      uses: [
        { trail: [step(0)], nodes: {}, parameters: 10, multiply_adds: 1 },
        { trail: [step(1)], nodes: conv("16×8×8"), parameters: 20, multiply_adds: 2 },
      ],
    },
  },
  findings: [finding("always"), finding("second", [1])],
};
const place = (trail: Step[], path = "networks.unit", project = PROJECT) => ({
  project,
  analysis: ANALYSIS,
  path,
  trail,
});
const label = (trail: Step[]) => showUse(place(trail))?.graphs["networks.unit"]?.nodes.conv1?.outputs?.[0]?.label;

describe("networks inside others", () => {
  it("have no tabs, unless training calls them", () => {
    expect(blockNetworks(PROJECT)).toEqual(["unit"]);
    expect(listTabs(PROJECT)).toEqual(["networks.model", "training"]);
    const called = applyEdits(PROJECT, [
      { op: "add_node", graph: "training", node: { id: "other", kind: "Network", params: { network: "unit" } } },
    ]);
    expect(listTabs(called)).toContain("networks.unit");
    expect([...usedWithin(PROJECT, "model")]).toEqual(["unit"]);
  });
});

describe("an opened block", () => {
  it("shows the shapes of the use through which it was opened, else of its first", () => {
    expect(label([step(1)])).toBe("16×8×8");
    expect(label([step(0)])).toBe("8×8×8");
    expect(label([])).toBe("8×8×8");
    expect(showUse(place([step(1)]))?.graphs["networks.unit"]?.parameters).toBe(20);
  });

  it("shows the findings of that use", () => {
    const messages = (trail: Step[]) => showUse(place(trail))?.findings.map((one) => one.message);
    expect(messages([step(0)])).toEqual(["always"]);
    expect(messages([step(1)])).toEqual(["always", "second"]);
  });

  it("is reached by a way that is mended when a step is gone", () => {
    expect(trailOf(place([step(1)]))).toEqual([step(1)]);
    expect(trailOf(place([["networks.model", "gone", 0]]))).toEqual([step(0)]);
    expect(trailOf(place([step(1)], "networks.model"))).toEqual([]);
    expect(useAt(ANALYSIS, [step(1)], "networks.unit")).toBe(1);
    expect(writeTrail([step(1)], () => 2)).toBe("model › stage.1");
  });

  it("stays the same object while nothing changes", () => {
    const here = place([step(1)]);
    expect(showUse(here)).toBe(showUse(here));
    expect(trailOf(place([], "networks.model"))).toBe(trailOf(place([], "training")));
    expect(showUse(place([], "networks.model"))).toBe(ANALYSIS);
  });
});
