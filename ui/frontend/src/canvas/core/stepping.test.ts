import { expect, test } from "vitest";
import { type Moment, findTurns, markLink, markNode, nameMoment, tellMoment } from "./stepping";
import type { Graph, Kind } from "./types";

const moment = (part: Partial<Moment>): Moment => ({
  does: "evaluate",
  node: "fake",
  stage: 0,
  records: true,
  again: false,
  network: "",
  mode: "",
  outputs: [],
  path: [],
  stops: [],
  through: [],
  touched: [],
  ...part,
});

const BACKWARD = moment({
  does: "backward",
  node: "g_adam",
  path: ["fake", "d_fake", "g_loss"],
  stops: ["wall"],
  through: ["critic"],
  touched: [
    { network: "generator", name: "linear.weight", count: 1200, reached: true, size: 0.5 },
    { network: "generator", name: "linear.bias", count: 10, reached: false, size: null },
  ],
});

test("a moment is named by what it does", () => {
  expect(nameMoment(moment({ network: "generator" }))).toBe("fake (generator)");
  expect(nameMoment(moment({ again: true }))).toBe("fake again");
  expect(nameMoment(BACKWARD)).toBe("gradients for generator");
  expect(nameMoment({ ...BACKWARD, does: "update" })).toBe("g_adam changes generator");
});

test("a backward pass tells where gradients run, stop, pass and do not arrive", () => {
  expect(tellMoment(BACKWARD)).toEqual([
    "Gradients run back through 3 nodes.",
    "They stop at wall.",
    "They pass through critic and change nothing there.",
    "1 tensor of 10 numbers are not reached.",
  ]);
});

test("nodes and links are marked by the moment", () => {
  expect(["g_adam", "d_fake", "wall", "data"].map((id) => markNode(BACKWARD, id))).toEqual([
    "now",
    "path",
    "stop",
    undefined,
  ]);
  expect(markLink(BACKWARD, "fake", "d_fake")).toBe("back");
  expect(markLink(BACKWARD, "g_loss", "g_adam")).toBe("back");
  expect(markLink(BACKWARD, "noise", "fake")).toBeUndefined();
  expect(markLink(moment({}), "noise", "fake")).toBe("in");
});

test("turns are told where there are several", () => {
  const adam = { kind: "Adam", schema: { properties: { order: { default: 0 }, networks: {} } } } as unknown as Kind;
  const optimizer = (id: string, order?: number) => ({
    id,
    kind: "Adam",
    params: order === undefined ? {} : { order },
  });
  const graph = (...nodes: object[]) => ({ nodes }) as unknown as Graph;
  const drawn = graph(optimizer("a"), { id: "loss", kind: "MSELoss", params: {} }, optimizer("b", 5));
  expect([...findTurns(drawn, [adam])]).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect(findTurns(graph(optimizer("a", 3), optimizer("b", 3)), [adam]).size).toBe(0);
});
