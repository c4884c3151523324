import { expect, test } from "vitest";
import { describe as tell } from "./mistakes";

test("it is told how many were asked about where those are not all", () => {
  const found = { wrong: 12, samples: 10_000, size: 60_000, part: "test", indices: [1, 2, 3] };
  expect(tell(found)).toBe("The 3 with the highest loss. Of 10,000 of the 60,000 test samples, 12 are wrong.");
  expect(tell({ ...found, size: 10_000 })).toBe("The 3 with the highest loss. Of 10,000 test samples, 12 are wrong.");
});
