import { describe, expect, it } from "vitest";
import { explainEffort, summariseEffort, tellWaiting } from "./effort";
import type { Effort } from "./types";

const effort: Effort = {
  seconds: 0.0123,
  shares: { data: 0.09, computing: 0.82, optimizer: 0.06, watching: 0.03 },
  memory: 640e6,
  operations: 21.4e9,
  bytes: 340e6,
  share: 0.31,
  ceiling: "arithmetic",
  most_operations: 5.6e12,
  most_bytes: 41e9,
  measured: "2026-11-22",
  busy: "",
};

describe("what steps cost", () => {
  it("is told in one glance", () => {
    expect(summariseEffort(effort)).toBe("31% of the machine · 640 MB");
    expect(summariseEffort({ ...effort, share: null })).toBe("640 MB");
    expect(summariseEffort({ ...effort, share: 1.4 })).toBe("100% of the machine · 640 MB");
  });

  it("says what steps wait for, the largest first and nothing that never happened", () => {
    expect(tellWaiting(effort.shares)).toBe("computing 82%, data 9%, optimizer 6%, watching 3%");
    expect(tellWaiting({ data: 0.995, computing: 0.005 })).toBe("data 100%, computing under 1%");
  });

  it("says which ceiling is the lower one, and how far away it is", () => {
    const rows = Object.fromEntries(explainEffort(effort));
    expect(rows["Machine"]).toContain("A step takes 12.3 ms; its 21.4 G operations need 3.8 ms at the highest rate of arithmetic.");
    expect(rows["Arithmetic"]).toBe("1.7 T of 5.6 T operations/s, the lower ceiling.");
    expect(rows["Traffic"]).toContain("27.6 GB/s of 41 GB/s. ");
    const moved = Object.fromEntries(explainEffort({ ...effort, ceiling: "memory", share: 0.7 }));
    expect(moved["Machine"]).toBe("A step takes 12.3 ms; the 340 MB that it moves need 8.6 ms at the highest rate of memory.");
  });

  it("says why a step can be faster than the ceilings", () => {
    const rows = (ceiling: Effort["ceiling"]) => Object.fromEntries(explainEffort({ ...effort, share: 1.2, ceiling }));
    expect(rows("memory")["Machine"]).toContain("caches");
    expect(rows("arithmetic")["Machine"]).toContain("busy when");
  });

  it("says of a GPU who waits for whom", () => {
    expect(Object.fromEntries(explainEffort(effort))["GPU"]).toBeUndefined();
    expect(Object.fromEntries(explainEffort({ ...effort, busy: "program" }))["GPU"]).toContain("Idle now and then");
    expect(Object.fromEntries(explainEffort({ ...effort, busy: "gpu" }))["Memory"]).toBe("At most 640 MB of the GPU.");
  });
});
