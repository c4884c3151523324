import { expect, test } from "vitest";
import { callEdits } from "./calling";
import { fillProject } from "./document";
import { applyEdits } from "./edits";

const network = (inputs: string[], outputs: string[]) => ({
  nodes: [...inputs.map((id) => ({ id, kind: "Input" })), ...outputs.map((id) => ({ id, kind: "Output" }))],
});
const link = (source: string, source_port: string, target: string, target_port: string) => ({
  source,
  source_port,
  target,
  target_port,
});

const PROJECT = fillProject({
  networks: { critic: network(["image"], ["scores"]), generator: network(["z", "label"], ["picture"]) },
  training: {
    nodes: [
      { id: "noise", kind: "Noise" },
      { id: "call", kind: "Network", params: { network: "critic" } },
      { id: "loss", kind: "MSELoss" },
      { id: "shown", kind: "ImageGrid" },
    ],
    edges: [
      link("noise", "output", "call", "image"),
      link("call", "scores", "loss", "input"),
      link("call", "scores", "shown", "image"),
    ],
  },
});
const [, CALL, LOSS] = PROJECT.training.nodes;

test("links go on to the ports of the network that is called now", () => {
  const after = applyEdits(PROJECT, callEdits(PROJECT, "training", CALL!, "generator"));
  expect(after.training.edges.map((edge) => [edge.source_port, edge.target_port])).toEqual([
    ["output", "z"],
    ["picture", "input"],
    ["picture", "image"],
  ]);
});

test("what fits by name stays, what fits nowhere stays as it is, and other kinds are let alone", () => {
  expect(callEdits(PROJECT, "training", CALL!, "critic")).toEqual([]);
  expect(callEdits(PROJECT, "training", CALL!, "nobody")).toEqual([]);
  expect(callEdits(PROJECT, "training", LOSS!, "generator")).toEqual([]);
});
