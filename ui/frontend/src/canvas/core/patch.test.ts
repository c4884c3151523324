import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Patch, applyPatch, findPatch } from "./patch";

const FOLDER = new URL("../../../../../tests/fixtures/patches/", import.meta.url);
const cases = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))] as const);

describe("patches", () => {
  it.each(cases)("make the document that stands beside them: %s", (_, { before, patch, after }) => {
    expect(applyPatch(before, patch)).toEqual(after);
  });

  it.each(cases)("are found between any two documents: %s", (_, { before, after }) => {
    const patch = findPatch(before, after) as Patch;
    expect(applyPatch(before, patch)).toEqual(after);
    expect(findPatch(before, before)).toBeUndefined();
  });

  it("are as small as the change, by identity", () => {
    const nodes = Array.from({ length: 1000 }, (_, number) => ({ id: `n${number}`, params: {}, position: [0, 0] }));
    const before = { networks: { model: { nodes, edges: [] } } };
    const changed = nodes.with(500, { id: "n500", params: { a: 1 } as object, position: [0, 0] } as never);
    const after = { networks: { model: { nodes: changed, edges: before.networks.model.edges } } };
    expect(JSON.stringify(findPatch(before, after)).length).toBeLessThan(160);
    const added = {
      networks: { model: { ...before.networks.model, nodes: nodes.toSpliced(3, 0, nodes[0] as never) } },
    };
    expect(JSON.stringify(findPatch(before, added)).length).toBeLessThan(160);
  });
});
