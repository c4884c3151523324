import { expect, test } from "vitest";
import { describe as tell } from "./mistakes";

test("of masks it is told how well they fit on average", () => {
  const found = { overlap: 0.7549, samples: 100, size: 100, part: "validation", indices: [4, 7] };
  expect(tell(found)).toBe("The 2 with the lowest intersection over union (IoU). Over 100 validation samples, its mean is 0.75.");
  expect(tell({ ...found, samples: 60 })).toContain("Over 60 of the 100 validation samples");
  expect(tell({ ...found, ignored: ["void"] })).toMatch(/its mean is 0.75. Pixels of class void do not count.$/);
});

test("it is told how many were asked about where those are not all", () => {
  const found = { wrong: 12, samples: 10_000, size: 60_000, part: "test", indices: [1, 2, 3] };
  expect(tell(found)).toBe("The 3 with the highest loss. Of 10,000 of the 60,000 test samples, 12 are wrong.");
  expect(tell({ ...found, size: 10_000 })).toBe("The 3 with the highest loss. Of 10,000 test samples, 12 are wrong.");
});
