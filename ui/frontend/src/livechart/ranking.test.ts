import { expect, test } from "vitest";
import { listValues } from "./ranking";

test("a few numbers are told one by one, many by their ends", () => {
  expect(listValues([10])).toBe("10.00");
  expect(listValues([1, 2, 3, 4])).toBe("1.0000, 2.0000, 3.0000, 4.0000");
  expect(listValues([1, 2, 3, 4, 5])).toBe("1.0000 … 5.0000");
});
