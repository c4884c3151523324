import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fillProject, graphAt } from "./document";
import { EditError } from "./editParts";
import { applyEdits } from "./edits";
import type { Edit } from "./types";

interface Fixture {
  readonly before: Record<string, unknown>;
  readonly edits: readonly Edit[];
  readonly after: Record<string, unknown>;
  readonly error: string;
}

const FOLDER = new URL("../../../../../tests/fixtures/edits/", import.meta.url);
const list = (folder: URL) => readdirSync(folder).filter((name) => name.endsWith(".json"));
const read = (name: string, folder = FOLDER) => JSON.parse(readFileSync(new URL(name, folder), "utf-8")) as Fixture;

/** What only Python can know: the canvas sends these up, and is told there. */
const CHECKED_BY_PYTHON = [
  "set_a_run_value_out_of_bounds",
  "add_node_without_a_kind",
  "connect_without_target",
  "move_to_half_a_position",
  "set_via_to_half_a_point",
  "set_graph_frame_of_an_unknown_colour",
];

describe("edits do here what they do in Python", () => {
  it.each(list(FOLDER))("%s", (name) => {
    const { before, edits, after } = read(name);
    expect(applyEdits(fillProject(before), edits)).toEqual(fillProject(after));
  });
});

describe("an edit that does not fit is refused with a sentence", () => {
  const folder = new URL("refused/", FOLDER);
  it.each(list(folder).filter((name) => !CHECKED_BY_PYTHON.includes(name.replace(".json", ""))))("%s", (name) => {
    const { before, edits, error } = read(name, folder);
    expect(() => applyEdits(fillProject(before), edits)).toThrow(new EditError(error));
  });
});

describe("what an edit does not touch", () => {
  it("stays the same object", () => {
    const { before } = read("set_param.json");
    const project = fillProject(before);
    const moved = applyEdits(project, [{ op: "move", graph: "networks.model", positions: { fc1: [8, 8] } }]);
    expect(moved.training).toBe(project.training);
    expect(graphAt(moved, "networks.model")?.edges).toBe(graphAt(project, "networks.model")?.edges);
    expect(graphAt(moved, "networks.model")?.nodes[0]).toBe(graphAt(project, "networks.model")?.nodes[0]);
  });
});
