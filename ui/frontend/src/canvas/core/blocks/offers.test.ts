import { describe, expect, it } from "vitest";
import { addAfter } from "../adding";
import { applyEdits } from "../edits";
import { PROJECT, link, makeScene, node } from "./blocks.samples";
import { type Library, type LibraryBlock, OFFERS, insertBlock, listOffers, packBlock } from "./offers";

const part = (params = {}) => ({
  nodes: [node("x", "Input", 0), node("relu", "ReLU", 240, params), node("y", "Output", 480)],
  edges: [link("x > relu"), link("relu > y")],
});
const BLOCK: LibraryBlock = {
  origin: "shipped",
  name: "outer",
  title: "Outer block",
  summary: "One in the other.",
  synonyms: ["nest"],
  networks: {
    outer: {
      nodes: [node("x", "Input", 0), node("inside", "Block", 240, { network: "part" }), node("y", "Output", 480)],
      edges: [link("x > inside.x"), link("inside.y > y")],
      params: { n: 1 },
    },
    part: part(),
  },
};
const LIBRARY: Library = { blocks: [BLOCK], damaged: [] };
const offered = (project = PROJECT, path = "networks.model") => listOffers(project, path, LIBRARY);

describe("blocks are offered", () => {
  it("from the project, without what would be a circle, and from the library", () => {
    expect(offered().map((kind) => [kind.family, kind.title])).toEqual([
      [OFFERS.project, "unit"],
      [OFFERS.shipped, "Outer block"],
    ]);
    expect(offered(PROJECT, "networks.unit").map((kind) => kind.family)).toEqual([OFFERS.shipped]);
  });

  it("to the training graph as calls of the networks that are no part of others, linked like a layer", () => {
    const [call, ...others] = offered(PROJECT, "training");
    expect([call?.family, call?.title, others]).toEqual([OFFERS.call, "model", []]);
    expect(call?.offer).toMatchObject({ kind: "Network", id: "model", params: { network: "model" } });
    expect(call?.inputs.map((port) => port.name)).toEqual(
      PROJECT.networks.model?.nodes.filter((one) => one.kind === "Input").map((one) => one.id),
    );
  });

  it("and added like a layer, with their networks, as one step", () => {
    const kind = offered().find((one) => one.title === "Outer block")!;
    const { edits, id } = addAfter(makeScene(PROJECT), kind, "relu1");
    const after = applyEdits(PROJECT, edits);
    expect(Object.keys(after.networks)).toEqual(["model", "unit", "part", "outer"]);
    expect(after.networks.model?.nodes.find((one) => one.id === id)).toMatchObject({
      kind: "Block",
      params: { network: "outer" },
    });
    expect(after.networks.model?.edges).toContainEqual(
      expect.objectContaining({ source: "relu1", target: "outer", target_port: "x" }),
    );
    const again = listOffers(after, "networks.model", LIBRARY).find((one) => one.title === "Outer block");
    expect(again?.offer?.before).toEqual([]);
  });

  it("under other names where a network of the name is another one, inside too", () => {
    const taken = applyEdits(PROJECT, [{ op: "add_graph", name: "part", graph: part({ inplace: true }) }]);
    const { name, networks } = insertBlock(taken, BLOCK);
    expect(name).toBe("outer");
    expect(networks.map(([one]) => one)).toEqual(["part_2", "outer"]);
    expect(networks[1]?.[1].nodes[1]?.params.network).toBe("part_2");
    const twice = applyEdits(
      taken,
      networks.map(([one, graph]) => ({ op: "add_graph", name: one, graph })),
    );
    expect(insertBlock(twice, BLOCK).networks).toEqual([]);
  });

  it("and packed with everything they use", () => {
    const taken = applyEdits(
      PROJECT,
      insertBlock(PROJECT, BLOCK).networks.map(([name, graph]) => ({ op: "add_graph", name, graph })),
    );
    const packed = packBlock(taken, "outer");
    expect(Object.keys(packed.networks)).toEqual(["outer", "part"]);
    expect(packed.title).toBe("Outer");
  });
});
