import { expect, test } from "vitest";
import { Frame } from "./series_input";

test("a place in the drawing is read back as the step and the value that stand there", () => {
  const frame = new Frame([300, 310, 320], 5);
  for (const [step, value] of [[0, 300], [2, 317], [4, 320]] as const) {
    const [readStep, readValue] = frame.read(...frame.at(step, value));
    expect(readStep).toBe(step);
    expect(readValue).toBeCloseTo(value, 6);
  }
});

test("a series that never changes has a frame too", () => {
  expect(new Frame([5, 5], 2).path([5, 5])).toBe("M6.0 60.0L394.0 60.0");
  expect(new Frame([0, 0], 2).path([])).toBe("");
});
