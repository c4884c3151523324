import { expect, it } from "vitest";
import { formatNumber, outlineHistogram, tellFilters } from "./glimpse";

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

it("says how many filters there are, and which of them are shown", () => {
  const some = (rows: number, columns: number, manner: "colour" | "slices", filters: number, channels: number) =>
    tellFilters({
      manner,
      rows: Array.from({ length: rows }, () => Array(columns).fill("")),
      filters,
      channels,
      limit: 1,
    });
  expect(some(1, 16, "colour", 64, 3)).toBe("16 of 64 filters");
  expect(some(1, 8, "slices", 8, 1)).toBe("8 filters");
  expect(some(6, 8, "slices", 64, 32)).toBe("6 of 64 filters, one a row: 8 of 32 channels");
  expect(some(4, 2, "slices", 4, 2)).toBe("4 filters, one a row: 2 channels");
});
