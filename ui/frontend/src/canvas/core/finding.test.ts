import { describe, expect, it } from "vitest";
import { applyEdits } from "./edits";
import { findNodes } from "./finding";
import { ANALYSIS, CATALOGUE, PROJECT, SCENE, kind } from "./samples";
import type { Finding, Graph } from "./types";

const path = "networks.model";
const conv = kind("Conv2d", {
  schema: { type: "object", properties: { kernel_size: { default: 3 }, bias: { default: true }, padding: {} } },
});
const set = (id: string, name: string, value: unknown) => ({ op: "set_param", graph: path, id, name, value });
const graph = applyEdits(PROJECT, [
  set("lone", "out_features", 64),
  set("lone", "name", "Head"),
  set("relu1", "sizes", [3, 5]),
]).networks.model as Graph;
const finding = (node: string, severity: Finding["severity"]): Finding => ({
  code: "S001",
  severity,
  message: "",
  graph: path,
  node,
  port: null,
  param: null,
  repairs: [],
});
const scene = {
  ...SCENE,
  graph,
  catalogue: { ...CATALOGUE, network: CATALOGUE.network.map((one) => (one.kind === "Conv2d" ? conv : one)) },
  analysis: { ...ANALYSIS, findings: [finding("relu1", "error"), finding("out", "warning"), finding("out", "advice")] },
};
const find = (query: string) => findNodes(scene, query);

describe("nodes are found", () => {
  it("by name, kind and value, every word of the query", () => {
    expect(find("conv")).toEqual(["conv1"]);
    expect(find("linear")).toEqual(["lone"]);
    expect(find("head")).toEqual(["lone"]);
    expect(find("64 linear")).toEqual(["lone"]);
    expect(find("64 conv")).toEqual([]);
    expect(find(" ")).toEqual([]);
  });
  it("by the value of a parameter, also where it is the default", () => {
    expect(find("kernel_size=3")).toEqual(["conv1"]);
    expect(find("kernel_size=5")).toEqual([]);
    expect(find("out_features>32")).toEqual(["lone"]);
    expect(find("out_features<32")).toEqual([]);
    expect(find("bias=true")).toEqual(["conv1"]);
    expect(find("padding=none")).toEqual(["conv1"]);
  });
  it("by a list where all of it fits", () => {
    expect(find("sizes>2")).toEqual(["relu1"]);
    expect(find("sizes=3")).toEqual([]);
  });
  it("by what is wrong with them", () => {
    expect(find("error")).toEqual(["relu1"]);
    expect(find("warning")).toEqual(["out"]);
    expect(find("hints output")).toEqual(["out"]);
  });
});
