import { describe, expect, it } from "vitest";
import { fillProject, graphAt } from "./document";
import { applyEdits } from "./edits";
import { layOut, layOutAdded, layOutEdits, spreadPiles } from "./layout";
import { nodeSize, portAt } from "./measure";
import { scenePorts } from "./ports";
import { nearnessToBox, routeCurves, sampleRoute } from "./routing";
import { CATALOGUE, PROJECT, SCENE } from "./samples";
import type { Edge, Graph } from "./types";

describe("layout", () => {
  const positions = layOut(SCENE.graph, () => ({ width: 176, height: 44 }));
  it("goes from left to right along the links", () => {
    for (const edge of SCENE.graph.edges)
      expect(positions[edge.target]?.[0]).toBeGreaterThan((positions[edge.source]?.[0] ?? 0) + 176);
  });
  it("keeps a chain straight", () => {
    expect(new Set(["image", "conv1", "relu1", "out"].map((id) => positions[id]?.[1])).size).toBe(1);
  });
  it("lets no two nodes lie on each other", () => {
    const places = Object.values(positions);
    for (const [at, [x, y]] of places.entries()) {
      for (const [u, v] of places.slice(at + 1)) expect(Math.abs(x - u) >= 176 || Math.abs(y - v) >= 44).toBe(true);
    }
  });
  it("spreads nodes that all lie in one spot, and leaves others alone", () => {
    expect(spreadPiles(PROJECT)).toBe(PROJECT);
    const piled = {
      ...PROJECT,
      networks: {
        model: { ...SCENE.graph, nodes: SCENE.graph.nodes.map((node) => ({ ...node, position: [0, 0] as const })) },
      },
    };
    const spread = spreadPiles(piled).networks.model?.nodes ?? [];
    expect(new Set(spread.map((node) => node.position.join())).size).toBe(5);
  });
});

const path = "networks.model";
const chain = ["conv1", "bn1", "relu1", "conv2", "bn2"];
const node = (id: string, kind: string) => ({ id, kind, position: [0, 0] });

/** An Input, a chain, an Add of both ends of the chain, and whatever else goes around a part of it. */
function residual(skips: readonly (readonly [string, string])[] = []): Graph {
  const line = ["x", ...chain, "add"];
  const links = line.slice(1).map((target, place) => ({ source: line[place], target, target_port: portOf(target, 0) }));
  const around = [["x", "add"] as const, ...skips].map(([source, target], place) => ({
    source,
    target,
    target_port: portOf(target, place + 1),
  }));
  const nodes = [node("x", "Input"), ...chain.map((id) => node(id, "Conv2d")), node("add", "Add")];
  const project = fillProject({ networks: { model: { nodes, edges: [...links, ...around] } } });
  return graphAt(project, path) as Graph;
}

const portOf = (target: string, place: number) => (target === "add" ? `inputs.${place}` : place ? "other" : "input");

function laidOut(graph: Graph): Graph {
  const project = fillProject({ networks: { model: graph } });
  const scene = { graph, path, catalogue: CATALOGUE, analysis: undefined };
  return graphAt(applyEdits(project, layOutEdits(scene)), path) as Graph;
}

/** The nodes that a link touches, but for its ends. */
function touched(graph: Graph, edge: Edge): string[] {
  const scene = { graph, path, catalogue: CATALOGUE, analysis: undefined };
  const find = (id: string) => graph.nodes.find((one) => one.id === id)!;
  const end = (id: string, port: string, isOutput: boolean) =>
    portAt(find(id).position, scenePorts(scene, find(id)), port, isOutput);
  const route = sampleRoute(
    routeCurves(end(edge.source, edge.source_port, true), end(edge.target, edge.target_port, false), edge.via),
  );
  return graph.nodes
    .filter(({ id }) => id !== edge.source && id !== edge.target)
    .filter((one) => {
      const [x, y] = one.position;
      return Number.isFinite(nearnessToBox(route, { x, y, ...nodeSize(scenePorts(scene, one), true) }));
    })
    .map(({ id }) => id);
}

describe("a link around others", () => {
  it("ran behind their boxes, and is led past them", () => {
    const graph = laidOut(residual());
    const skip = graph.edges.find((edge) => edge.source === "x" && edge.target === "add")!;
    expect(touched(graph, { ...skip, via: [] })).not.toEqual([]);
    expect(touched(graph, skip)).toEqual([]);
  });
  it("bends nothing: the way that it goes around stays straight", () => {
    const graph = laidOut(residual());
    const heights = graph.nodes.filter(({ kind }) => kind === "Conv2d").map(({ position }) => position[1]);
    expect(new Set(heights).size).toBe(1);
  });
  it("has a lane of its own, short ones inside of long ones", () => {
    const graph = laidOut(
      residual([
        ["conv1", "add"],
        ["bn1", "add"],
        ["conv1", "bn2"],
      ]),
    );
    const led = graph.edges.filter((edge) => edge.via.length > 0);
    expect(led.map(({ source, target }) => `${source} ${target}`).sort()).toEqual([
      "bn1 add",
      "conv1 add",
      "conv1 bn2",
      "x add",
    ]);
    expect(led.flatMap((edge) => touched(graph, edge))).toEqual([]);
    expect(new Set(led.map((edge) => edge.via[0]?.[1])).size).toBeGreaterThan(2);
  });
  it("runs straight again where nothing is in its way any more", () => {
    const graph = residual();
    const led = { ...graph, edges: graph.edges.map((edge) => ({ ...edge, via: [[5, 5] as const] })) };
    expect(laidOut(led).edges.filter((edge) => edge.via.length > 0)).toHaveLength(1);
  });
  it("is led in a graph that nobody laid out, and in one that comes in", () => {
    const piled = fillProject({ networks: { model: residual() } });
    expect(spreadPiles(piled).networks.model?.edges.filter((edge) => edge.via.length > 0)).toHaveLength(1);
    const edits = layOutAdded(PROJECT, [{ op: "add_graph", name: "taken", graph: residual() }], CATALOGUE);
    const added = applyEdits(PROJECT, edits).networks.taken;
    expect(added?.edges.filter((edge) => edge.via.length > 0)).toHaveLength(1);
    expect(new Set(added?.nodes.map(({ position }) => position[0])).size).toBe(7);
  });
});
