import { expect, it } from "vitest";
import type { Graph } from "../types";
import { suggestBlockName } from "./naming";
import { PROJECT } from "./blocks.samples";

const graph = PROJECT.networks.model as Graph;
const learns = (id: string) => ({ conv1: 448, conv2: 4640 })[id] ?? 0;
const name = (ids: string[], drawn = graph) => suggestBlockName(drawn, new Set(ids), learns);

it("a block is called after what learns most in it, or after a skip connection", () => {
  expect(name(["conv1", "relu1"])).toBe("conv_block");
  expect(name(["relu1"])).toBe("block");
  expect(name(["relu1", "conv2", "add1"])).toBe("residual");
});

it("a frame around the nodes has said already what they are", () => {
  const frame = { title: "2. Stem & pool", position: [220, -40], size: [460, 160], colour: "grey" } as const;
  expect(name(["conv1", "relu1"], { ...graph, frames: [frame] })).toBe("stem_pool");
  expect(name(["conv1"], { ...graph, frames: [frame] })).toBe("conv_block");
});
