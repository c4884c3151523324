import { describe, expect, it } from "vitest";
import {
  carriedBy,
  changeAnnotations,
  frameEdits,
  noteEdits,
  refitFrames,
  removeAnnotations,
  resizeBy,
} from "./annotations";
import { edgeKey } from "./document";
import { applyEdits } from "./edits";
import { addPoint, moveEdits, removePoint, straightenEdits } from "./moving";
import { NOTHING_PICKED } from "./picking";
import { PROJECT, SCENE } from "./samples";
import type { Edge, Edit, Graph } from "./types";

const path = "networks.model";
const edge = SCENE.graph.edges[1] as Edge;
const DRAWN = applyEdits(PROJECT, [
  { op: "set_via", graph: path, edge, via: [[440, 60]] },
  {
    op: "set_graph",
    graph: path,
    fields: {
      frames: [
        { title: "features", position: [220, -40], size: [480, 140] },
        { title: "inner", position: [230, -30], size: [200, 100] },
      ],
      notes: [
        { text: "inside", position: [460, 30], size: [96, 56] },
        { text: "across", position: [660, 30], size: [96, 56] },
      ],
    },
  },
]);
const graph = DRAWN.networks.model as Graph;
const after = (edits: readonly Edit[]) => applyEdits(DRAWN, edits).networks.model as Graph;
const spots = (one: Graph) => Object.fromEntries(one.nodes.map((node) => [node.id, node.position]));

describe("moving", () => {
  const move = (part: Partial<typeof NOTHING_PICKED>) =>
    after(moveEdits(graph, path, { ...NOTHING_PICKED, ...part }, 8, 16));
  it("takes reroute points along where both ends of the link move", () => {
    expect(move({ selection: new Set(["conv1", "relu1"]) }).edges[1]?.via).toEqual([[448, 76]]);
    expect(move({ selection: new Set(["conv1"]) }).edges[1]?.via).toEqual([[440, 60]]);
  });
  it("of a frame takes along what lies in it, and nothing else", () => {
    const moved = move({ annotations: new Set(["frame 0"]) });
    expect(spots(moved)).toMatchObject({ image: [0, 0], conv1: [248, 16], relu1: [488, 16], out: [720, 0] });
    expect(moved.frames.map((frame) => frame.position)).toEqual([
      [228, -24],
      [238, -14],
    ]);
    expect(moved.notes.map((note) => note.position)).toEqual([
      [468, 46],
      [660, 30],
    ]);
  });
  it("of a frame and a node in it moves the node once", () => {
    const moved = move({ annotations: new Set(["frame 0"]), selection: new Set(["conv1"]) });
    expect(spots(moved).conv1).toEqual([248, 16]);
  });
  it("of a reroute point moves it alone", () => {
    const moved = move({ point: { edge: edgeKey(edge), place: 0 } });
    expect(moved.edges[1]?.via).toEqual([[448, 76]]);
    expect(spots(moved)).toEqual(spots(graph));
  });
});

describe("reroute points", () => {
  it("are added in their place on the grid, and removed", () => {
    const led = graph.edges[1] as Edge;
    const more = after(addPoint(path, led, 0, [421, 3]));
    expect(more.edges[1]?.via).toEqual([
      [424, 0],
      [440, 60],
    ]);
    expect(after(removePoint(graph, path, { edge: edgeKey(edge), place: 0 })).edges[1]?.via).toEqual([]);
  });
  it("go when a link is straightened", () => {
    expect(after(straightenEdits(graph, path)).edges[1]?.via).toEqual([]);
    expect(straightenEdits(graph, path, new Set(["conv1"]))).toEqual([]);
  });
});

describe("frames and notes", () => {
  it("a frame is put around boxes, with room for its title", () => {
    const { edits, key } = frameEdits(graph, path, [
      { x: 240, y: 0, width: 176, height: 48 },
      { x: 480, y: 8, width: 176, height: 64 },
    ]);
    expect(key).toBe("frame 2");
    expect(after(edits).frames.at(-1)).toMatchObject({ position: [216, -56], size: [464, 152] });
    expect(carriedBy(after(edits), new Set([key])).nodes).toEqual(new Set(["conv1", "relu1"]));
  });
  it("frames are drawn anew around their nodes where these are laid out", () => {
    const boxes = new Map([
      ["conv1", { x: 0, y: 400, width: 176, height: 64 }],
      ["relu1", { x: 240, y: 400, width: 176, height: 48 }],
    ]);
    const [outer, inner] = after(refitFrames(graph, path, boxes)).frames;
    expect(outer).toMatchObject({ title: "features", position: [-24, 344], size: [464, 144] });
    expect(inner).toMatchObject({ title: "inner", position: [-24, 344], size: [224, 144] });
    expect(refitFrames(graph, path, new Map([["out", { x: 0, y: 0, width: 1, height: 1 }]]))).toEqual([]);
  });
  it("are removed without the nodes in them", () => {
    const rest = after(removeAnnotations(graph, path, new Set(["frame 0", "note 1"])));
    expect(rest.frames.map((frame) => frame.title)).toEqual(["inner"]);
    expect(rest.notes.map((note) => note.text)).toEqual(["inside"]);
    expect(rest.nodes).toBe(graph.nodes);
  });
  it("are changed in their place", () => {
    const named = after(changeAnnotations(graph, path, new Set(["frame 1"]), () => ({ title: "stem" })));
    expect(named.frames.map((frame) => frame.title)).toEqual(["features", "stem"]);
    const small = after(changeAnnotations(graph, path, new Set(["note 0"]), resizeBy(-1000, 8)));
    expect(small.notes[0]?.size).toEqual([96, 64]);
  });
  it("a note is put on the grid, below nodes that stand there", () => {
    const place = (x: number, y: number) => after(noteEdits(graph, path, [x, y]).edits).notes.at(-1)?.position;
    expect(place(1001, 407)).toEqual([1000, 408]);
    expect(place(241, -40)).toEqual([240, 80]);
  });
});
