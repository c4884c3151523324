import { expect, it } from "vitest";
import { formatNumber, outlineHistogram } from "./glimpse";

it("numbers are short and never lie about their size", () => {
  expect([0, 1.23456, -0.00001234, 1234567, 12345.6, null].map(formatNumber)).toEqual([
    "0",
    "1.235",
    "-1.23e-5",
    "1.23e+6",
    "12350",
    "not finite",
  ]);
});

it("the highest count of a histogram reaches the top, an empty one the ground", () => {
  expect(outlineHistogram([0, 2, 1], 30, 10)).toBe(
    "M0 10L0.0 10.0L10.0 10.0L10.0 0.0L20.0 0.0L20.0 5.0L30.0 5.0L30 10Z",
  );
});
