import { describe, expect, it } from "vitest";
import { isSeen, keepInSight } from "./sight";

const boxes = [0, 240, 480, 720].map((x) => ({ x, y: 0, width: 176, height: 60 }));
const wide = { width: 1000, height: 400 };
const narrow = { width: 520, height: 400 };

describe("when the window changes", () => {
  it("what was seen stays in sight", () => {
    const view = { x: 20, y: 100, zoom: 1 };
    const kept = keepInSight(view, wide, narrow, boxes);
    if (!kept) throw new Error("the view stayed");
    expect(boxes.every((box) => isSeen(kept, narrow, box))).toBe(true);
    expect(kept.zoom).toBeLessThan(1);
  });
  it("the view stays where all that was seen still is, and where it grows", () => {
    const view = { x: 20, y: 100, zoom: 0.4 };
    expect(keepInSight(view, wide, narrow, boxes)).toBeUndefined();
    expect(keepInSight({ x: 20, y: 100, zoom: 1 }, narrow, wide, boxes)).toBeUndefined();
  });
  it("what was not seen before does not count, and nothing is drawn larger", () => {
    const kept = keepInSight(
      { x: -200, y: 100, zoom: 0.5 },
      { width: 300, height: 400 },
      { width: 120, height: 400 },
      boxes,
    );
    if (!kept) throw new Error("the view stayed");
    expect(kept.zoom).toBeLessThanOrEqual(0.5);
    expect(isSeen(kept, { width: 120, height: 400 }, boxes[0]!)).toBe(false);
    expect(keepInSight({ x: -5000, y: 0, zoom: 1 }, wide, narrow, boxes)).toBeUndefined();
  });
});
