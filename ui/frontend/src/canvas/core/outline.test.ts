import { describe, expect, it } from "vitest";
import { fillGraph, fillProject } from "./document";
import { buildOutline, describeRow, sortNodes } from "./outline";
import { ANALYSIS, PROJECT } from "./samples";

const outline = (open: readonly string[] = [], project = PROJECT, path = "networks.model") =>
  buildOutline({ project, path, analysis: ANALYSIS, open: new Set(open) });

describe("the order of an outline", () => {
  const graph = (ids: string, ...links: string[]) =>
    fillGraph({
      nodes: [...ids].map((id) => ({ id, kind: "ReLU" })),
      edges: links.map(([source, target]) => ({ source, target, target_port: `inputs.${source}` })),
    });
  const order = (...parts: Parameters<typeof graph>) =>
    sortNodes(graph(...parts))
      .map((node) => node.id)
      .join("");

  it("puts every node behind what feeds it", () => {
    expect(order("dcba", "ab", "bc", "cd")).toBe("abcd");
  });
  it("follows a branch to its end before the next begins", () => {
    expect(order("abcxyz", "ab", "bc", "ax", "xy", "cz", "yz")).toBe("abcxyz");
  });
  it("leaves nothing out of a circle", () => {
    expect(order("abc", "ab", "bc", "cb")).toBe("abc");
  });
});

describe("a row", () => {
  it("says what a node is, gives, takes and costs", () => {
    const said = outline().map(describeRow);
    expect(said[1]).toBe("conv1, Conv2d, gives 32×26×26, from image, 320 parameters");
    expect(said).toHaveLength(5);
  });
  it("says what was set and what is wrong", () => {
    const project = fillProject({
      networks: { model: { nodes: [{ id: "conv1", kind: "Conv2d", params: { kernel_size: [3, 5], mode: "same" } }] } },
    });
    const finding = { code: "S1", severity: "error", message: "Too large.", graph: "networks.model", node: "conv1" };
    const analysis = { graphs: {}, findings: [{ ...finding, port: null, param: null, repairs: [] }] } as never;
    const [row] = buildOutline({ project, path: "networks.model", analysis, open: new Set() });
    expect(row && describeRow(row)).toBe("conv1, Conv2d, kernel_size [3,5], mode same, error: Too large.");
  });
});

describe("a block", () => {
  const project = fillProject({
    networks: {
      model: { nodes: [{ id: "block1", kind: "Block", params: { network: "inner" } }] },
      inner: {
        nodes: [
          { id: "fc", kind: "Linear" },
          { id: "again", kind: "Block", params: { network: "inner" } },
        ],
      },
    },
  });

  it("is closed until it is opened, then what is inside stands a level deeper", () => {
    expect(outline([], project).map((row) => [row.key, row.level, row.isOpen])).toEqual([["block1", 1, false]]);
    const rows = outline(["block1"], project);
    expect(rows.map((row) => [row.key, row.level])).toEqual([
      ["block1", 1],
      ["block1/fc", 2],
      ["block1/again", 2],
    ]);
    expect(rows[1]).toMatchObject({ path: "networks.inner", place: 1, count: 2 });
  });
  it("that is inside itself is shown and not opened again", () => {
    expect(outline(["block1", "block1/again"], project).at(-1)?.isOpen).toBeUndefined();
  });
});
