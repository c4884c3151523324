import { describe, expect, it } from "vitest";
import { drawLines, listDrawn, type Sight } from "./lines";
import { State } from "./state";
import type { Run, RunNews, View } from "./types";

const line = { line: { color: "#000000", dash: "solid" }, marker: { symbol: "circle" } };
const run = (id: string): Run => ({ id, name: id, line });
const view: View = {
  plotly: "",
  numbers: "",
  figure: { data: [], layout: {} },
  runs: [run("a"), run("b"), run("c")],
  panels: [{ name: "loss", title: "loss", goal: "min" }],
  groups: [{ id: "a", name: "seeds", runs: ["a", "b"], traces: [{}, {}, {}] }],
  quantiles: [12.706],
  settings: [],
};
const sight: Sight = { axis: "step", smoothing: 0, split: "train", isGrouped: false, hidden: new Set(), lit: "" };

function news(steps: number[], values: (number | null)[], part: Partial<RunNews> = {}): RunNews {
  const series = [{ split: "train" as const, name: "loss", steps, epochs: steps.map((step) => step / 10), seconds: steps, values }];
  return { cursor: String(steps.length), status: "running", progress: null, measured: { train: ["loss"] }, series, ...part };
}

describe("lines of runs beside each other", () => {
  it("are one for each run, along the chosen axis, up to where a curve became no number", () => {
    const state = new State(view);
    state.take("train", { a: news([1, 2, 3], [3, 2, null]), b: news([1], [5]) });
    const traces = drawLines(state, "loss", { ...sight, axis: "epoch" });
    expect(traces.map(({ x, y }) => [x, y])).toEqual([[[0.1, 0.2], [3, 2]], [[0.1], [5]], [[], []]]);
  });

  it("are as many whoever is hidden, so that nothing moves, and fade beside the one that is pointed at", () => {
    const traces = drawLines(new State(view), "loss", { ...sight, hidden: new Set(["a"]), lit: "b" });
    expect(traces.map(({ visible }) => visible)).toEqual([false, true, true]);
    expect(traces.map(({ opacity }) => opacity === 1)).toEqual([false, true, false]);
  });

  it("are a mean between the ends of its interval where seeds are together", () => {
    const state = new State(view);
    const band = { name: "loss", runs: 2, steps: [1, 2], epochs: [0.1, 0.2], seconds: [1, 2], means: [2, null], halves: [0.5, null] };
    state.takeBands("train", { a: { bands: [band] } });
    expect(listDrawn(state, true).map(({ name }) => name)).toEqual(["seeds", "c"]);
    const [lower, upper, mean] = drawLines(state, "loss", { ...sight, isGrouped: true });
    expect([lower?.y, upper?.y, mean?.y]).toEqual([[1.5, null], [2.5, null], [2, null]]);
  });
});

describe("what is asked for", () => {
  it("is every run at first, then only those that are not over, from where they were read", () => {
    const state = new State(view);
    expect(state.unread("train")).toEqual({ a: "", b: "", c: "" });
    state.take("train", { a: news([1], [1], { status: "finished" }), b: news([1], [1]), c: news([1], [1], { status: "paused" }) });
    expect(state.unread("train")).toEqual({ b: "1" });
    expect(state.unread("validation")).toEqual({ a: "", b: "", c: "" });
  });

  it("is a mean once more after the last of its runs is over, and then not again", () => {
    const state = new State(view);
    state.take("train", { a: news([1], [1], { status: "finished" }), b: news([1], [1]) });
    state.takeBands("train", { a: { bands: [] } });
    expect(state.unreadGroups("train")).toEqual({ a: ["a", "b"] });
    state.take("train", { b: news([2], [1], { status: "finished" }) });
    state.takeBands("train", { a: { bands: [] } });
    expect(state.unreadGroups("train")).toEqual({});
    expect(state.isOver("train")).toBe(false);
  });

  it("keeps the other runs where one cannot be read", () => {
    const state = new State(view);
    state.take("train", { a: news([1], [1]), b: { error: "gone" } as RunNews });
    expect(state.names("train")).toEqual(["loss"]);
    expect(state.of("b").error).toBe("gone");
  });
});
