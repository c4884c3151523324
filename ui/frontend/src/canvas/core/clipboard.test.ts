import { describe, expect, it } from "vitest";
import { copyText, pasteEdits, readClip } from "./clipboard";
import { applyEdits } from "./edits";
import { PROJECT, SCENE } from "./samples";
import type { Edit, Graph } from "./types";

const path = "networks.model";
const after = (edits: readonly Edit[]) => applyEdits(PROJECT, edits).networks.model as Graph;
const links = (graph: Graph) => graph.edges.map((edge) => `${edge.source}>${edge.target}`);

describe("copy and paste", () => {
  it("takes the links among the nodes along, under free names", () => {
    const text = copyText(SCENE.graph, path, new Set(["conv1", "relu1"]));
    const { edits, ids } = pasteEdits(SCENE.graph, path, readClip(text, path));
    expect(ids).toEqual(["conv2", "relu2"]);
    expect(links(after(edits))).toContain("conv2>relu2");
    expect(links(after(edits)).length).toBe(4);
  });
  it("puts the corner of what is pasted at the given point", () => {
    const text = copyText(SCENE.graph, path, new Set(["conv1", "relu1"]));
    const { edits } = pasteEdits(SCENE.graph, path, readClip(text, path), { at: [1000, 496] });
    expect(after(edits).nodes.find((node) => node.id === "conv2")?.position).toEqual([1000, 496]);
  });
  it("gives the copies the links that fed what was copied, where that is asked for", () => {
    const clip = readClip(copyText(SCENE.graph, path, new Set(["conv1"])), path);
    expect(links(after(pasteEdits(SCENE.graph, path, clip).edits))).not.toContain("image>conv2");
    expect(links(after(pasteEdits(SCENE.graph, path, clip, { keepsIncoming: true }).edits))).toContain("image>conv2");
  });
  it("leaves out links from nodes that are not here", () => {
    const clip = readClip(copyText(SCENE.graph, path, new Set(["conv1"])), path);
    const elsewhere = { ...SCENE.graph, nodes: [], edges: [] };
    const { edits } = pasteEdits(elsewhere, path, clip, { keepsIncoming: true });
    expect(edits.map((edit) => edit.op)).toEqual(["add_node"]);
  });
  it("takes reroute points along", () => {
    const led = { ...SCENE.graph, edges: SCENE.graph.edges.map((edge) => ({ ...edge, via: [[400, 40] as const] })) };
    const clip = readClip(copyText(led, path, new Set(["conv1", "relu1"])), path);
    expect(after(pasteEdits(led, path, clip).edits).edges.at(-1)?.via).toEqual([[432, 72]]);
  });
  it("takes along the frames and notes that lie among the nodes", () => {
    const frame = (title: string, x: number, width: number) =>
      ({ title, position: [x, -40], size: [width, 160], colour: "blue" }) as const;
    const note = (text: string, x: number, y: number) => ({ text, position: [x, y], size: [80, 40] }) as const;
    const drawn: Graph = {
      ...SCENE.graph,
      frames: [frame("both", 220, 460), frame("more", -20, 700)],
      notes: [note("here", 400, 8), note("there", 400, 900)],
    };
    const clip = readClip(copyText(drawn, path, new Set(["conv1", "relu1"])), path);
    const project = { ...PROJECT, networks: { ...PROJECT.networks, model: drawn } };
    const pasted = applyEdits(project, pasteEdits(drawn, path, clip).edits).networks.model as Graph;
    expect(pasted.frames.map(({ title, position }) => [title, position[0]])).toEqual([
      ["both", 220],
      ["more", -20],
      ["both", 256],
    ]);
    expect(pasted.notes.map(({ text }) => text)).toEqual(["here", "there", "here"]);
    const picked = readClip(copyText(drawn, path, new Set(["conv1"]), new Set(["frame 1"])), path);
    expect(picked.frames.map(({ title }) => title)).toEqual(["more"]);
    const torn = readClip(
      '{"nodes": [], "frames": [3, {"position": [0, 0], "size": [9, 9], "colour": "x"}], "notes": 4}',
      path,
    );
    expect(torn.frames).toEqual([{ title: "", position: [0, 0], size: [9, 9], colour: "grey" }]);
  });
  it("survives text that only looks like nodes", () => {
    const clip = readClip(
      '{"nodes": [{"id": "a", "kind": "ReLU", "position": "x"}], "edges": [null, 3, {"source": "a", "target": "a", "via": 7}]}',
      path,
    );
    const pasted = after(pasteEdits(SCENE.graph, path, clip).edits);
    expect(pasted.nodes.at(-1)).toMatchObject({ id: "a", position: [32, 32] });
    expect(pasted.edges.at(-1)?.via).toEqual([]);
  });
  it("says what is wrong with foreign text", () => {
    expect(() => readClip("hello", path)).toThrow("The clipboard holds no nodes.");
    expect(() => readClip('{"nodes": [1]}', path)).toThrow("The clipboard holds no nodes.");
    expect(() => readClip(copyText(SCENE.graph, "training", new Set(["conv1"])), path)).toThrow(
      "These nodes are from a training graph and fit only there.",
    );
  });
});
