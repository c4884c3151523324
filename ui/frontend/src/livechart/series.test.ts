import { describe, expect, it } from "vitest";
import { findBest, findLost, SeriesStore, smooth } from "./series";
import type { SeriesPiece } from "./types";

const piece = (steps: number[], values: (number | null)[]): SeriesPiece => ({
  split: "train",
  name: "loss",
  steps,
  epochs: steps,
  seconds: steps,
  values,
});

describe("the points of a curve", () => {
  it("are appended as they arrive", () => {
    const store = new SeriesStore();
    store.add(piece([1, 2], [5, 4]));
    store.add(piece([3], [3]));
    expect(store.get("loss", "train").values).toEqual([5, 4, 3]);
    expect(store.names).toEqual(["loss"]);
  });

  it("are replaced where a resumed run passes over them again", () => {
    const store = new SeriesStore();
    store.add(piece([1, 2, 3, 4], [5, 4, 3, 2]));
    store.add(piece([3, 4, 5], [30, 20, 10]));
    expect(store.get("loss", "train").steps).toEqual([1, 2, 3, 4, 5]);
    expect(store.get("loss", "train").values).toEqual([5, 4, 30, 20, 10]);
  });

  it("are none for what was never measured", () => {
    expect(new SeriesStore().get("loss", "test").values).toEqual([]);
  });

  it("do not vary while all are the same", () => {
    const store = new SeriesStore();
    store.add(piece([1, 2], [0.1, 0.1]));
    expect(store.varies("loss")).toBe(false);
    store.add(piece([3], [0.05]));
    expect(store.varies("loss")).toBe(true);
  });
});

describe("the best point", () => {
  it("is the lowest or the highest, and the first of equals", () => {
    expect(findBest([3, 1, 2, 1], "min")).toBe(1);
    expect(findBest([0.5, 0.9, 0.9], "max")).toBe(1);
  });

  it("is never one that cannot be drawn", () => {
    expect(findBest([null, Number.NaN, 2], "min")).toBe(2);
    expect(findBest([null], "max")).toBe(-1);
    expect(findBest([3, 1, 2], "none")).toBe(-1);
  });
});

describe("smoothing", () => {
  it("keeps a constant curve as it is, from the first point on", () => {
    expect(smooth([2, 2, 2], 0.9).map((value) => Number(value?.toFixed(6)))).toEqual([2, 2, 2]);
  });

  it("leaves gaps where they are and goes on behind them", () => {
    const [first, gap, last] = smooth([1, null, 3], 0.5);
    expect([first, gap]).toEqual([1, null]);
    expect(last).toBeGreaterThan(1);
    expect(last).toBeLessThan(3);
  });
});

describe("a curve that becomes no number", () => {
  it("is lost where the values at its end begin to be none", () => {
    expect([findLost([3, 1e30, null, null]), findLost([1, null, 2]), findLost([]), findLost([null])]).toEqual([2, -1, -1, 0]);
  });
});
