import { describe, expect, it } from "vitest";
import { compareGraphs, countMarks, findDifference, sameJson, showValue } from "./difference";
import { fillGraph, fillProject } from "./document";
import { applyEdits } from "./edits";
import { PROJECT } from "./samples";
import type { Edit, Graph, Json } from "./types";

const path = "networks.model";
const after = (...edits: Edit[]) => applyEdits(PROJECT, edits);
const differs = (...edits: Edit[]) => findDifference(PROJECT, after(...edits)).graphs.get(path);
const node = (id: string, x = 0) => ({ id, kind: "ReLU", position: [x, 0] });

describe("between two states of a project", () => {
  it("nothing differs from itself, copied or not", () => {
    const copy = fillProject(JSON.parse(JSON.stringify(PROJECT)));
    expect(findDifference(PROJECT, copy)).toEqual({ graphs: new Map(), values: [] });
  });
  it("a node that came is added with its links", () => {
    const edge = { source: "lone", target: "new" };
    const found = differs({ op: "add_node", graph: path, node: node("new") }, { op: "connect", graph: path, edge });
    expect([...(found?.added ?? [])]).toEqual(["new"]);
    expect([...(found?.addedEdges ?? [])]).toEqual(["lone output new input"]);
    expect(found?.removed).toEqual([]);
  });
  it("a node that went is removed with its links, and told as it was", () => {
    const found = differs({ op: "remove_node", graph: path, id: "relu1" });
    expect(found?.removed.map((one) => [one.id, one.position])).toEqual([["relu1", [480, 0]]]);
    expect(found?.removedEdges.map((edge) => `${edge.source}>${edge.target}`)).toEqual(["conv1>relu1", "relu1>out"]);
  });
  it("a changed parameter is told with its old and its new value", () => {
    const found = differs(
      { op: "set_param", graph: path, id: "conv1", name: "out_channels", value: 64 },
      { op: "set_node", graph: path, id: "relu1", fields: { bypassed: true } },
    );
    expect(found?.changed.get("conv1")).toEqual([{ name: "out_channels", before: undefined, after: 64 }]);
    expect(found?.changed.get("relu1")).toEqual([{ name: "bypassed", before: false, after: true }]);
  });
  it("a renamed node is one that changed, and its links are the same links", () => {
    const found = differs({ op: "rename_node", graph: path, id: "relu1", to: "act" });
    expect(found?.changed.get("act")).toEqual([{ name: "name", before: "relu1", after: "act" }]);
    expect(found && countMarks(found)).toBe(1);
  });
  it("a node that only moved bears no mark", () => {
    const found = differs({ op: "move", graph: path, positions: { conv1: [0, 400] } });
    expect(found && [countMarks(found), found.moved]).toEqual([0, 1]);
  });
  it("a network that came or went differs in all its nodes", () => {
    const graph = { nodes: [node("a")] };
    const grown = after({ op: "add_graph", name: "second", graph });
    expect([...(findDifference(PROJECT, grown).graphs.get("networks.second")?.added ?? [])]).toEqual(["a"]);
    expect(findDifference(grown, PROJECT).graphs.get("networks.second")?.removed).toHaveLength(1);
  });
  it("settings are told by their dotted paths, what was found in the data is not", () => {
    const before = fillProject({ run: { epochs: 5, keep_best: { metric: "a" } }, data: { d: { facts: { a: 1 } } } });
    const now = fillProject({ run: { epochs: 9, keep_best: { metric: "b" } }, data: { d: { facts: { a: 2 } } } });
    expect(findDifference(before, now).values).toEqual([
      { name: "run.epochs", before: 5, after: 9 },
      { name: "run.keep_best.metric", before: "a", after: "b" },
    ]);
  });
});

it("two nodes in one spot are renamed each to one of them", () => {
  const graph = (...ids: string[]): Graph => fillGraph({ nodes: ids.map((id) => node(id)) });
  const found = compareGraphs(graph("a", "b"), graph("c"));
  expect([found.changed.size, found.removed.length, found.added.size]).toEqual([1, 1, 0]);
});

it("a difference and its reverse tell the same, the other way round", () => {
  const edits: Edit[] = [
    { op: "remove_node", graph: path, id: "conv1" },
    { op: "add_node", graph: path, node: node("new", 9) },
    { op: "set_param", graph: path, id: "lone", name: "bias", value: false },
  ];
  const there = differs(...edits);
  const back = findDifference(after(...edits), PROJECT).graphs.get(path);
  expect(back?.removed.map((one) => one.id)).toEqual([...(there?.added ?? [])]);
  expect([...(back?.added ?? [])]).toEqual(there?.removed.map((one) => one.id));
  expect(back?.changed.get("lone")).toEqual([{ name: "bias", before: false, after: undefined }]);
});

it("the order of keys makes no difference, their number does", () => {
  expect(sameJson({ a: 1, b: [2, { c: 3 }] }, { b: [2, { c: 3 }], a: 1 })).toBe(true);
  expect(sameJson({ a: 1 }, { a: 1, b: null })).toBe(false);
  expect(sameJson([1, 2], [1])).toBe(false);
  expect(sameJson({ a: 1 } as Json, [1])).toBe(false);
});

it("values are shown short", () => {
  expect(showValue(undefined)).toBe("default");
  expect(showValue([3, 5])).toBe("[3,5]");
  expect(showValue("x".repeat(200))).toHaveLength(80);
});
