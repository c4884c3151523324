import { describe, expect, it } from "vitest";
import { redo, startHistory, takeStep, undo } from "./history";
import { tellFindings, tellLabel, tellStep } from "./telling";

describe("a step of the history", () => {
  const first = startHistory({ name: "a" });
  const second = takeStep(first, { name: "b" }, "delete conv1", "networks.model");

  it("is told when it is taken, taken back and taken again", () => {
    expect(tellStep(first, second)).toBe("Deleted conv1");
    const back = undo(second);
    expect(tellStep(second, back)).toBe("Undone: delete conv1");
    expect(tellStep(back, redo(back))).toBe("Done again: delete conv1");
  });
  it("that replaces what was undone is told as a step of its own", () => {
    const back = undo(second);
    expect(tellStep(back, takeStep(back, { name: "c" }, "add ReLU", "networks.model"))).toBe("Added ReLU");
  });
  it("is not told twice, and nothing is told of no step", () => {
    expect(tellStep(second, second)).toBeUndefined();
  });
});

it("a label of its own kind is told as it stands", () => {
  expect(tellLabel("lay out")).toBe("Done: lay out");
  expect(tellLabel("connect conv1 and relu1")).toBe("Connected conv1 and relu1");
});

it("findings are counted by how bad they are", () => {
  const finding = (severity: string) => ({ severity }) as never;
  expect(tellFindings({ graphs: {}, findings: [] })).toBe("Nothing to mend");
  expect(tellFindings({ graphs: {}, findings: ["advice", "error", "advice"].map(finding) })).toBe("1 error, 2 hints");
});
