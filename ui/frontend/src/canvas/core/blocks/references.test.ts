import { describe, expect, it } from "vitest";
import { SubstitutionError, compute, namesIn, renameIn, substitute } from "./references";

describe("names in parameters", () => {
  it("are found in texts, lists and objects", () => {
    expect([...namesIn(["$a * 2", { b: "$main.classes" }, 3, "no"])]).toEqual(["a", "main.classes"]);
  });

  it("are renamed whole, and nothing else", () => {
    expect(renameIn(["$a + $ab", "$a.b", "a"], "a", "c")).toEqual(["$c + $ab", "$a.b", "a"]);
  });

  it("give way to values: alone to any, in arithmetic to whole numbers", () => {
    const scope = { n: 64, list: [1, 2], less: -3, other: "$outer", sum: "$outer + 1" };
    expect(substitute("$list", scope)).toEqual([1, 2]);
    expect(substitute("$n * 2 + $less", scope)).toBe(125);
    expect(substitute("$n * $other", scope)).toBe("64 * $outer");
    expect(substitute("$n * $sum", scope)).toBe("64 * ($outer + 1)");
    expect(substitute({ p: ["$n // 3", "$classes"] }, scope)).toEqual({ p: [21, "$classes"] });
    expect(() => substitute("$list * 2", scope)).toThrow(SubstitutionError);
  });

  it("leave what mentions none of them as it is", () => {
    const value = { p: ["$classes"], q: 1 };
    expect(substitute(value, { n: 1 })).toBe(value);
  });
});

describe("arithmetic", () => {
  it.each([
    ["2 + 3 * 4", 14],
    ["(2 + 3) * -4", -20],
    ["7 // 2", 3],
    ["-7 // 2", -4],
    ["10 - 2 - 3", 5],
  ])("%s is %d, as in Python", (text, value) => expect(compute(text)).toBe(value));

  it.each(["2 **  3", "2 +", "(2", "1 // 0", "a", "2.5"])("%s is refused", (text) =>
    expect(() => compute(text)).toThrow(SubstitutionError),
  );
});
