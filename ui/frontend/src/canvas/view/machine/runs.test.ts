import { expect, test } from "vitest";
import { describeRun } from "./runs";

const run = { id: "a", name: "Small CNN", status: "finished", step: 10, steps: 10 };
const now = new Date("2026-03-05T18:00:00");

test("runs of one name are told apart by the second in which they were made, at the beginning of the line", () => {
  expect(describeRun({ ...run, created: "2026-03-05T14:51:33" }, now)).toBe("14:51:33, Small CNN, finished");
  expect(describeRun({ ...run, created: "2026-03-04T14:51:34" }, now)).toBe("4 Mar 14:51:34, Small CNN, finished");
});

test("a run whose time is not known is told by its name", () => {
  expect(describeRun({ ...run, created: "" }, now)).toBe("Small CNN, finished");
  expect(describeRun({ ...run, created: "yesterday" }, now)).toBe("Small CNN, finished");
});
