import { describe, expect, it } from "vitest";
import { BEST, isFollowing, listChoices, NEWEST, resolveChoice } from "./checkpoints";

const CHECKPOINTS = [
  { name: "step-1", step: 1, is_best: true, is_last: false },
  { name: "step-1200", step: 1200, is_best: false, is_last: true },
];

describe("choices of checkpoints", () => {
  it("offers what follows the run first, then the newest checkpoints", () => {
    expect(listChoices(CHECKPOINTS, true)).toEqual([
      [BEST, "best so far"],
      [NEWEST, "newest"],
      ["step-1200", "step 1,200"],
      ["step-1", "step 1 (best)"],
    ]);
  });

  it("speaks of no best where the run keeps none", () => {
    expect(listChoices(CHECKPOINTS, false).map(([choice]) => choice)).not.toContain(BEST);
  });

  it("asks the newest checkpoint by its name, and the best weights by none", () => {
    expect(resolveChoice(NEWEST, CHECKPOINTS)).toBe("step-1200");
    expect(resolveChoice(BEST, CHECKPOINTS)).toBe("");
    expect(resolveChoice("step-1", CHECKPOINTS)).toBe("step-1");
    expect(isFollowing("step-1")).toBe(false);
  });
});
