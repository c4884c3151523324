import { describe, expect, it } from "vitest";
import { findMean, findOutcome, findWinners, orderBy, readKey } from "./summary";

describe("what came of a run", () => {
  it("is its best and its last", () => {
    expect(findOutcome([3, 1, 2], "min")).toEqual({ best: 1, last: 2, isLost: false });
    expect(findOutcome([3, 1, 2], "max")).toEqual({ best: 3, last: 2, isLost: false });
  });

  it("is told where it became no number, and is nothing before it began", () => {
    expect(findOutcome([3, null], "min")).toEqual({ best: 3, last: null, isLost: true });
    expect(findOutcome([], "min")).toEqual({ best: null, last: null, isLost: false });
  });
});

describe("the mean over seeds", () => {
  it("has half of a t-interval from two on", () => {
    const mean = findMean([0.9, 0.94, 0.92], [12.706, 4.303]);
    expect(mean?.mean).toBeCloseTo(0.92);
    expect(mean?.half).toBeCloseTo((4.303 * 0.02) / Math.sqrt(3));
    expect(mean?.count).toBe(3);
  });

  it("counts only seeds that have a number, and says nothing of the width where one is left", () => {
    expect(findMean([null, 2, Number.NaN], [12.706])).toEqual({ mean: 2, half: null, count: 1 });
    expect(findMean([null], [12.706])).toBeNull();
  });
});

describe("the best of several", () => {
  it("is marked by which end is good, ties together", () => {
    expect([...findWinners([0.2, null, 0.1, 0.1], "min")]).toEqual([2, 3]);
    expect([...findWinners([0.2, 0.1], "max")]).toEqual([0]);
  });

  it("is nobody where there was nobody to beat", () => {
    expect(findWinners([0.2, null], "min").size).toBe(0);
  });
});

describe("sorting", () => {
  it("puts numbers by size, whatever their digits, and nothing last both ways", () => {
    const keys = ["10", "9", "–", "1e-3"].map(readKey);
    expect(orderBy(keys, false)).toEqual([3, 1, 0, 2]);
    expect(orderBy(keys, true)).toEqual([0, 1, 3, 2]);
  });

  it("puts words by letters and the numbers in them, and leaves equals as they are", () => {
    expect(orderBy(["step 10", "step 9", "Adam"], false)).toEqual([2, 1, 0]);
    expect(orderBy(["a", "a", "a"], true)).toEqual([0, 1, 2]);
  });
});
