import { describe, expect, it } from "vitest";
import { type Code, docstringLines, linesOf, nodeAt, splitLine } from "./code";

const CODE: Code = {
  source: "",
  lines: {
    "networks.model": {
      conv1: [
        [3, 3],
        [8, 8],
      ],
      relu1: [[8, 8]],
      unit: [
        [4, 6],
        [9, 9],
      ],
    },
    "networks.unit": { conv1: [[5, 5]] },
  },
};

describe("lines and nodes", () => {
  it("a node has all lines of its pieces", () => {
    expect([...linesOf(CODE, "networks.model", ["conv1", "unit"])]).toEqual([3, 8, 4, 5, 6, 9]);
    expect(linesOf(CODE, "networks.other", ["conv1"]).size).toBe(0);
  });

  it("a line is of the smallest node of the open graph", () => {
    expect(nodeAt(CODE, 8, "networks.model")).toEqual({ path: "networks.model", id: "relu1" });
    expect(nodeAt(CODE, 5, "networks.unit")).toEqual({ path: "networks.unit", id: "conv1" });
    expect(nodeAt(CODE, 5, "networks.model")).toEqual({ path: "networks.model", id: "unit" });
    expect(nodeAt(CODE, 1, "networks.model")).toBeUndefined();
  });
});

describe("colouring", () => {
  it("splits a line and loses nothing of it", () => {
    const line = '        self.conv1 = nn.Conv2d(1, 32, 3)  # "kernel"';
    expect(
      splitLine(line)
        .map(([, text]) => text)
        .join(""),
    ).toBe(line);
    expect(splitLine(line)).toContainEqual(["keyword", "self"]);
    expect(splitLine(line)).toContainEqual(["name", "Conv2d"]);
    expect(splitLine(line)).toContainEqual(["number", "32"]);
    expect(splitLine(line).at(-1)).toEqual(["comment", '# "kernel"']);
    expect(splitLine("x = 'it''s'").filter(([kind]) => kind === "text").length).toBe(2);
  });

  it("knows the lines of a docstring", () => {
    expect([...docstringLines(['"""One line."""', "x", '"""Two', 'lines."""', "y"])]).toEqual([1, 3, 4]);
  });
});
