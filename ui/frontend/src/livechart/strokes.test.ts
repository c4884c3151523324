import { describe, expect, it } from "vitest";
import { moveByKey, Strokes } from "./strokes";

describe("strokes", () => {
  it("takes back one stroke at a time", () => {
    const strokes = new Strokes();
    strokes.begin([0.1, 0.1], "#fff", 0.1);
    strokes.extend([0.2, 0.2]);
    strokes.begin([0.5, 0.5], "#fff", 0.1);
    expect(strokes.undo()).toBe(true);
    expect(strokes.all.map((stroke) => stroke.points)).toEqual([[[0.1, 0.1], [0.2, 0.2]]]);
    expect(strokes.undo()).toBe(true);
    expect(strokes.isEmpty).toBe(true);
    expect(strokes.undo()).toBe(false);
  });

  it("gives the piece that a move adds, and none before a stroke was begun", () => {
    const strokes = new Strokes();
    expect(strokes.extend([0.5, 0.5])).toBeNull();
    strokes.begin([0, 0], "#fff", 0.1);
    expect(strokes.extend([0.5, 0.5])).toEqual([[0, 0], [0.5, 0.5]]);
    expect(strokes.extend([1, 0.5])).toEqual([[0.5, 0.5], [1, 0.5]]);
  });

  it("counts a board that was only erased as empty", () => {
    const strokes = new Strokes();
    strokes.begin([0.5, 0.5], null, 0.1);
    expect(strokes.isEmpty).toBe(true);
    strokes.begin([0.5, 0.5], "#fff", 0.1);
    expect(strokes.isEmpty).toBe(false);
    strokes.clear();
    expect(strokes.isEmpty).toBe(true);
  });
});

describe("moving the pen by keys", () => {
  it("goes where the arrow points, in smaller steps with shift", () => {
    expect(moveByKey([0.5, 0.5], "ArrowRight", false)![0]).toBeGreaterThan(moveByKey([0.5, 0.5], "ArrowRight", true)![0]);
    expect(moveByKey([0.5, 0.5], "ArrowUp", false)![1]).toBeLessThan(0.5);
    expect(moveByKey([0.5, 0.5], "a", false)).toBeNull();
  });

  it("never leaves the board", () => {
    expect(moveByKey([0, 0.01], "ArrowLeft", false)).toEqual([0, 0.01]);
    expect(moveByKey([0.99, 1], "ArrowDown", false)).toEqual([0.99, 1]);
    expect(moveByKey([0.99, 1], "ArrowRight", false)).toEqual([1, 1]);
  });
});
