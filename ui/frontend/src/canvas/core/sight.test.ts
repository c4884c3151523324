import { describe, expect, it } from "vitest";
import { LEGIBLE, READABLE, bringIntoSight, holdsAll, isSeen, keepInSight, showOpened, showWhole } from "./sight";

const chain = (count: number) =>
  Array.from({ length: count }, (_, place) => ({ x: place * 240, y: 0, width: 176, height: 60 }));
const boxes = chain(4);
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

describe("a graph as a whole", () => {
  it("is shown with all of its nodes where their names can be read", () => {
    const view = showWhole(wide, chain(14));
    expect(holdsAll(view, wide, chain(14))).toBe(true);
    expect(view.zoom).toBeGreaterThanOrEqual(READABLE);
  });
  it("begins at its start where they could not", () => {
    const view = showWhole(wide, chain(40));
    expect(view.zoom).toBe(READABLE);
    expect(holdsAll(view, wide, chain(12))).toBe(true);
    expect(isSeen(view, wide, chain(40)[39]!)).toBe(false);
  });
  it("begins sooner at its start when it is opened: there everything can be read", () => {
    expect(showOpened(wide, chain(14)).zoom).toBe(LEGIBLE);
    expect(holdsAll(showOpened(wide, boxes), wide, boxes)).toBe(true);
  });
  it("is not cut at its end where it fits at nearly the same size", () => {
    const view = showOpened(wide, chain(8));
    expect(holdsAll(view, wide, chain(8))).toBe(true);
    expect(view.zoom).toBeGreaterThan(0.8 * LEGIBLE);
    expect(view.zoom).toBeLessThan(LEGIBLE);
  });
});

describe("what is to be in sight", () => {
  const view = { x: 20, y: 100, zoom: 1 };
  it("does not move the view where it is", () => {
    expect(bringIntoSight(view, wide, chain(4))).toBeUndefined();
    expect(bringIntoSight(view, wide, [])).toBeUndefined();
  });
  it("moves it as little as can be", () => {
    const next = bringIntoSight(view, wide, chain(5).slice(3));
    if (!next) throw new Error("the view stayed");
    expect(holdsAll(next, wide, chain(5).slice(3))).toBe(true);
    expect([next.y, next.zoom]).toEqual([100, 1]);
    expect(isSeen(next, wide, chain(5)[1]!)).toBe(true);
  });
  it("is drawn smaller where it needs room, but not so that nothing can be read", () => {
    const next = bringIntoSight(view, wide, chain(6));
    if (!next) throw new Error("the view stayed");
    expect(holdsAll(next, wide, chain(6))).toBe(true);
    expect(next.zoom).toBeGreaterThan(LEGIBLE);
    const far = [chain(30)[29]!, chain(30)[0]!];
    const first = bringIntoSight(view, wide, far);
    if (!first) throw new Error("the view stayed");
    expect([first.zoom, holdsAll(first, wide, far.slice(0, 1))]).toEqual([LEGIBLE, true]);
  });
});
