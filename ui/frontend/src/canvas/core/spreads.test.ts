import { expect, it } from "vitest";
import { binAgain, paintHeat, spreadAt } from "./spreads";

it("finds the histogram of a step", () => {
  const spreads = [{ step: 1 }, { step: 10 }, { step: 20 }];
  expect([0, 1, 15, 20, 99].map((step) => spreadAt(spreads, step))).toEqual([0, 0, 1, 2, 2]);
  expect(spreadAt([], 5)).toBe(-1);
});

it("puts counts into other bins without losing any", () => {
  expect(binAgain({ low: 0, high: 4, counts: [4, 0, 0, 8] }, 0, 4, 2)).toEqual([4, 8]);
  expect(binAgain({ low: 0, high: 1, counts: [6] }, -1, 2, 6)).toEqual([0, 0, 3, 3, 0, 0]);
  const cells = binAgain({ low: -0.3, high: 0.7, counts: [3, 5, 7, 11, 13] }, -1, 1, 7);
  expect(cells.reduce((sum, one) => sum + one, 0)).toBeCloseTo(39);
});

it("draws every look as a column over one range, the most of it darkest", () => {
  const heat = paintHeat([{ low: 0, high: 1, counts: [1, 99] }, null, { low: -1, high: 1, counts: [5, 5] }]);
  expect(heat).toMatchObject({ low: -1, high: 1, width: 3 });
  expect(heat?.shades.at(-1)).toContain("M0 0h1v1h-1z");
  expect(heat?.shades.join("")).not.toContain("M1 ");
  expect(heat?.shades.at(-1)).toContain("M2 23h1v1h-1z");
});

it("draws nothing where nothing was measured", () => {
  expect(paintHeat([null, undefined])).toBe(undefined);
});
