import { describe, expect, it } from "vitest";
import { listOutcomes } from "./outcomes";
import { State } from "./state";
import type { Group, Panel, Run, RunNews, View } from "./types";

const line = { line: { color: "#000000", dash: "solid" }, marker: { symbol: "circle" } };
const run = (id: string): Run => ({ id, name: id, line });
const runs = [run("a"), run("b"), run("c")];
const together: Group = { id: "a", name: "seeds", runs: ["a", "b"], traces: [] };
const quantiles = [12.706];
const view: View = { plotly: "", numbers: "", figure: { data: [], layout: {} }, runs, panels: [], groups: [together], quantiles, settings: [] };
const panel = (goal: Panel["goal"]): Panel => ({ name: "loss", title: "loss", goal });

function news(values: (number | null)[]): RunNews {
  const steps = values.map((_, place) => place);
  const series = [{ split: "train" as const, name: "loss", steps, epochs: steps, seconds: steps, values }];
  return { cursor: "1", status: "finished", progress: null, measured: { train: ["loss"] }, series };
}

function began(): State {
  const state = new State(view);
  state.take("train", { a: news([3, 1, 2]), b: news([3, 2, 1.5]), c: news([4, null]) });
  return state;
}

describe("what came of a curve of each run", () => {
  it("is its best and its last, and who is ahead in each", () => {
    const [best, last] = listOutcomes(began(), runs, panel("min"), "train");
    expect([best?.name, last?.name]).toEqual(["loss best", "loss last"]);
    expect(best?.cells.map(({ key, isBest }) => [key, isBest])).toEqual([[1, true], [1.5, false], [4, false]]);
    expect(last?.cells.map(({ key, isBest }) => [key, isBest])).toEqual([[2, false], [1.5, true], [null, undefined]]);
    expect(last?.cells[2]?.text).toBe("no number");
  });

  it("is ahead where it is highest, where that is better", () => {
    const [best] = listOutcomes(began(), runs, panel("max"), "train");
    expect(best?.title).toBe("The highest loss on train");
    expect(best?.cells.map(({ isBest }) => isBest)).toEqual([false, false, true]);
  });

  it("is a mean where seeds are together", () => {
    const [, last] = listOutcomes(began(), [together, run("c")], panel("min"), "train");
    expect(last?.cells[0]?.key).toBe(1.75);
    expect(last?.cells[0]?.text).toContain("(2)");
  });
});

describe("of a loss that rivals pull at", () => {
  it("the last value alone is told, and nobody is ahead", () => {
    const columns = listOutcomes(began(), runs, panel("none"), "train");
    expect(columns.map(({ name }) => name)).toEqual(["loss last"]);
    expect(columns[0]?.cells.map(({ key, isBest }) => [key, isBest ?? false])).toEqual([[2, false], [1.5, false], [null, false]]);
  });
});
