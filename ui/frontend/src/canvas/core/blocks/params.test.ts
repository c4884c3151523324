import { describe, expect, it } from "vitest";
import { parseText } from "../schema";
import type { Graph } from "../types";
import { PROJECT } from "./blocks.samples";
import { argumentEdits, listArguments, paramEdits, readDefault, typeOfDefault } from "./params";

const unit = PROJECT.networks.unit as Graph;
const stage = PROJECT.networks.model!.nodes.find((node) => node.id === "stage")!;

describe("what a use gives for parameters", () => {
  it("has a field for each, and one for what is none", () => {
    expect(listArguments(unit, { channels: 1, gone: 2 }).map((one) => [one.title, one.standard])).toEqual([
      ["channels", 4],
      ["factor", 2],
      ["gone", undefined],
    ]);
  });

  it("is set, and taken back", () => {
    const path = "networks.model";
    expect(argumentEdits(path, [stage], "factor", 3)[0]?.value).toEqual({ channels: "$width", factor: 3 });
    expect(argumentEdits(path, [stage], "channels", undefined)).toEqual([
      { op: "unset_param", graph: path, id: "stage", name: "arguments" },
    ]);
  });

  it.each([
    [4, "8", 8],
    [4, "0.5", 0.5],
    [0.1, "0.2", 0.2],
    [4, "$width * 2", "$width * 2"],
    ["$classes", "7", 7],
    ["relu", "gelu", "gelu"],
    [[1, 2], "3, 4", [3, 4]],
    [true, "false", false],
  ])("with the default %j, %s is read as it is meant", (standard, text, value) => {
    expect(parseText(text, typeOfDefault(standard), false)).toEqual({ value });
  });
});

describe("the parameters of a network", () => {
  it.each([
    ["64", 64],
    ["0.5", 0.5],
    ["true", true],
    ["3, 4", [3, 4]],
    ["$channels * 2", "$channels * 2"],
    ["same", "same"],
  ])("%s is read as %j", (text, value) => expect(readDefault(text)).toEqual(value));

  it("keep their order when one changes", () => {
    expect(paramEdits("networks.unit", unit, "channels", 8)[0]?.fields).toEqual({ params: { channels: 8, factor: 2 } });
    expect(paramEdits("networks.unit", unit, "channels", undefined)[0]?.fields).toEqual({ params: { factor: 2 } });
    expect(Object.keys((paramEdits("p", unit, "new", 1)[0]?.fields as Graph).params)).toEqual([
      "channels",
      "factor",
      "new",
    ]);
  });
});
