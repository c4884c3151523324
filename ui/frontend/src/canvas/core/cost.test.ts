import { expect, it } from "vitest";
import { costOf, formatBytes, headlineCost, largestCost, showsCost } from "./cost";
import { fillGraph } from "./document";

const conv = {
  outputs: [{ name: "output", shape: ["B", 32, 26, 26], dtype: "float32" }],
  parameters: 320,
  multiply_adds: 194_688,
};

it("memory is what a node gives for one sample", () => {
  expect(costOf(conv)).toEqual({ parameters: 320, operations: 194_688, memory: 32 * 26 * 26 * 4 });
  expect(costOf({ outputs: [{ name: "output", shape: ["B", 3], dtype: "int64" }] }).memory).toBe(24);
  expect(costOf(undefined).memory).toBe(0);
});

it("bars are measured against the most that any node of the graph costs, of each sort", () => {
  const graph = fillGraph({
    nodes: [
      { id: "a", kind: "Conv2d" },
      { id: "b", kind: "Linear" },
    ],
  });
  const linear = { outputs: [{ name: "output", shape: ["B", 10], dtype: "float32" }], parameters: 5000 };
  expect(largestCost(graph, { nodes: { a: conv, b: linear } })).toEqual({
    parameters: 5000,
    operations: 194_688,
    memory: 86_528,
  });
});

it("layers of a network show what they cost, the training graph and the ends do not", () => {
  expect(showsCost("networks.model", "Conv2d", conv)).toBe(true);
  expect(showsCost("training", "Network", conv)).toBe(false);
  expect(showsCost("networks.model", "Output", conv)).toBe(false);
  expect(showsCost("networks.model", "Conv2d", undefined)).toBe(false);
});

it("the headline is the number that says most", () => {
  expect(headlineCost(costOf(conv))).toBe("320 params");
  expect(headlineCost({ parameters: 0, operations: 0, memory: 2048 })).toBe("2.0 KB");
  expect([12, 1536, 5 * 1024 ** 2].map(formatBytes)).toEqual(["12 B", "1.5 KB", "5.0 MB"]);
});
