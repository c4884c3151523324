import { describe, expect, it } from "vitest";
import { PROJECT as SAMPLE } from "./blocks/blocks.samples";
import { fillProject } from "./document";
import { TRAIL, film, sick } from "./film.samples";
import { findInnerVitals } from "./innerVitals";
import { buildOutline } from "./outline";

const PROJECT = fillProject({
  networks: {
    ...SAMPLE.networks,
    unit: {
      nodes: [
        { id: "x", kind: "Input" },
        { id: "conv", kind: "Conv2d" },
      ],
    },
  },
});

const rows = (path: string, ...open: string[]) =>
  buildOutline({ project: PROJECT, path, analysis: undefined, open: new Set(open) });
const MODEL = rows("networks.model", "stage");

describe("rows inside of an opened block", () => {
  it("have a state where the run looked at them, the rows around them not", () => {
    expect([...findInnerVitals(film(), 300, MODEL, []).keys()]).toEqual(["stage/conv"]);
    expect(findInnerVitals(film(), 300, rows("networks.model"), []).size).toBe(0);
  });
  it("tell the worst of the block's turns", () => {
    const ill = film({ diagnoses: [sick("conv", "networks.unit", { is_open: true }, TRAIL)] });
    expect(findInnerVitals(ill, 300, MODEL, []).get("stage/conv")).toMatchObject({
      health: "sick",
      told: expect.stringContaining("dies"),
    });
    expect(findInnerVitals(film(), 300, MODEL, []).get("stage/conv")?.health).toBe("watch");
  });
  it("are found by the names that they bear in the run", () => {
    const names = (path: string) => (path === "networks.model" ? new Map([["stage", "before"]]) : undefined);
    expect(findInnerVitals(film(), 300, MODEL, [], names).size).toBe(0);
    const kept = (path: string) => (path === "networks.unit" ? new Map([["conv", "conv"]]) : undefined);
    expect(findInnerVitals(film(), 300, MODEL, [], kept).size).toBe(1);
  });
});
