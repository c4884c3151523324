import { describe, expect, it } from "vitest";
import { addAfter, addLinked, insertAfter, insertBefore, splice, spliceNode } from "./adding";
import { applyEdits } from "./edits";
import { PROJECT, SCENE, kindNamed } from "./samples";
import type { Edge, Edit, Graph } from "./types";

const path = "networks.model";
const after = (edits: readonly Edit[]) => applyEdits(PROJECT, edits).networks.model as Graph;
const links = (graph: Graph) => graph.edges.map((edge) => `${edge.source}>${edge.target}`);

const xs = (graph: Graph) => Object.fromEntries(graph.nodes.map((node) => [node.id, node.position[0]]));

describe("adding after a node", () => {
  it("puts the new one between it and what followed, and makes room", () => {
    const { edits, id } = addAfter(SCENE, kindNamed("ReLU"), "conv1");
    const graph = after(edits);
    expect(links(graph)).toEqual([`image>conv1`, `${id}>relu1`, "relu1>out", `conv1>${id}`]);
    expect(xs(graph)).toMatchObject({ conv1: 240, [id]: 480, relu1: 720, out: 960 });
  });
  it("only links where nothing follows", () => {
    const { edits, id } = addAfter(SCENE, kindNamed("ReLU"), "lone");
    expect(links(after(edits))).toContain(`lone>${id}`);
  });
});

it("a kind dropped on a link is spliced in", () => {
  const edge = SCENE.graph.edges[1];
  if (!edge) throw new Error("no edge");
  const { edits, id } = splice(SCENE, kindNamed("ReLU"), edge, [300, 0]);
  expect(links(after(edits))).toEqual(expect.arrayContaining([`conv1>${id}`, `${id}>relu1`]));
  expect(links(after(edits))).not.toContain("conv1>relu1");
});

it("a link dropped in empty space gets the new node at its end, or at its start", () => {
  const forward = addLinked(SCENE, kindNamed("ReLU"), [0, 0], { node: "lone", port: "output", isSource: true });
  expect(links(after(forward.edits))).toContain(`lone>${forward.id}`);
  const backward = addLinked(SCENE, kindNamed("ReLU"), [0, 0], { node: "lone", port: "input", isSource: false });
  expect(links(after(backward.edits))).toContain(`${backward.id}>lone`);
});

describe("inserting", () => {
  it("behind a node takes over all that followed it", () => {
    const forked = applyEdits(PROJECT, [{ op: "connect", graph: path, edge: { source: "image", target: "lone" } }]);
    const scene = { ...SCENE, graph: forked.networks.model as Graph };
    const { edits, id } = insertAfter(scene, kindNamed("ReLU"), "image");
    const graph = applyEdits(forked, edits).networks.model as Graph;
    expect(links(graph).sort()).toEqual(
      [`conv1>relu1`, `image>${id}`, `relu1>out`, `${id}>conv1`, `${id}>lone`].sort(),
    );
    expect(xs(graph)).toMatchObject({ image: 0, [id]: 240, conv1: 480, relu1: 720 });
  });
  it("behind the last node hangs on to it", () => {
    expect(links(after(insertAfter(SCENE, kindNamed("ReLU"), "lone").edits))).toContain("lone>relu");
  });
  it("of a kind that gives nothing leaves the links alone", () => {
    const graph = after(insertAfter(SCENE, kindNamed("Output"), "conv1").edits);
    expect(links(graph)).toEqual(["image>conv1", "conv1>relu1", "relu1>out", "conv1>output"]);
  });
  it("before a node goes into the link that comes in", () => {
    const graph = after(insertBefore(SCENE, kindNamed("Linear"), "conv1").edits);
    expect(links(graph).sort()).toEqual(["conv1>relu1", "image>linear", "linear>conv1", "relu1>out"]);
    expect(xs(graph)).toMatchObject({ image: 0, linear: 240, conv1: 480 });
  });
  it("before a node that nothing feeds hangs on to it", () => {
    expect(links(after(insertBefore(SCENE, kindNamed("ReLU"), "lone").edits))).toContain("relu>lone");
  });
});

describe("a node dropped on a link", () => {
  const edge = SCENE.graph.edges[2] as Edge;
  /** The sample with another kind in the node that has no links. */
  const loose = (name: string) => {
    const nodes = SCENE.graph.nodes.map((node) => (node.id === "lone" ? { ...node, kind: name } : node));
    return { ...SCENE, graph: { ...SCENE.graph, nodes } };
  };
  it("is spliced in where it has no links of its own, and the rest moves aside", () => {
    const graph = after(spliceNode(loose("ReLU"), "lone", edge, [560, 12]));
    expect(links(graph).sort()).toEqual(["conv1>relu1", "image>conv1", "lone>out", "relu1>lone"]);
    expect(graph.nodes.find((node) => node.id === "lone")?.position).toEqual([720, 0]);
    expect(xs(graph)).toMatchObject({ relu1: 480, out: 960 });
  });
  it("stays beside it where it has links", () => {
    expect(spliceNode(SCENE, "conv1", edge, [560, 0])).toEqual([]);
  });
  it("stays beside it where it does not fit", () => {
    expect(spliceNode(SCENE, "lone", edge, [560, 0])).toEqual([]);
    expect(spliceNode(loose("Embedding"), "lone", edge, [560, 0])).toEqual([]);
    expect(spliceNode(loose("Output"), "lone", edge, [560, 0])).toEqual([]);
  });
});

it("what moves aside takes reroute points, notes and frames along, and a frame around the place grows", () => {
  const led = applyEdits(PROJECT, [
    { op: "set_via", graph: path, edge: SCENE.graph.edges[2], via: [[680, 60]] },
    {
      op: "set_graph",
      graph: path,
      fields: {
        frames: [
          { title: "body", position: [220, -20], size: [460, 100] },
          { title: "head", position: [700, -20], size: [220, 100] },
        ],
        notes: [
          { text: "left", position: [0, 80] },
          { text: "right", position: [720, 80] },
        ],
      },
    },
  ]);
  const { edits } = addAfter({ ...SCENE, graph: led.networks.model as Graph }, kindNamed("ReLU"), "conv1");
  const graph = applyEdits(led, edits).networks.model as Graph;
  expect(graph.edges.flatMap((edge) => edge.via)).toEqual([[920, 60]]);
  expect(graph.frames.map((frame) => [frame.position[0], frame.size[0]])).toEqual([
    [220, 700],
    [940, 220],
  ]);
  expect(graph.notes.map((note) => note.position[0])).toEqual([0, 960]);
});
