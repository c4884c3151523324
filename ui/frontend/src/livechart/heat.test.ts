import { expect, test } from "vitest";
import { AGAINST, blend, FOR, paintHeat } from "./heat";

const distance = (one: readonly number[], other: readonly number[]): number => Math.hypot(...one.map((value, at) => value - (other[at] ?? 0)));

test("what counts for nothing stays grey, brighter where the picture is", () => {
  const [dark, bright] = [blend(0, 0), blend(255, 0)];
  expect(new Set(dark).size).toBe(1);
  expect(bright[0]).toBeGreaterThan(dark[0] + 100);
});

test("what counts most has nearly the colour of its side, on dark ground and on bright", () => {
  for (const grey of [0, 255]) {
    expect(distance(blend(grey, 127), FOR)).toBeLessThan(25);
    expect(distance(blend(grey, -127), AGAINST)).toBeLessThan(25);
  }
});

test("every place of a picture is painted with its own heat, and nothing shines through", () => {
  const painted = paintHeat(new Uint8ClampedArray([0, 0, 0, 255, 255, 255, 255, 255]), new Int8Array([127, 0]));
  expect([...painted.slice(0, 3)]).toEqual([...blend(0, 127)]);
  expect([...painted.slice(4, 7)]).toEqual([...blend(255, 0)]);
  expect([painted[3], painted[7]]).toEqual([255, 255]);
});
