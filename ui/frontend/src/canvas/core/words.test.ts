import { describe, expect, it } from "vitest";
import { formatCount, formatExact } from "./format";
import { findFault, nextId, suggestId } from "./ids";
import { CATALOGUE } from "./samples";
import { searchKinds } from "./search";

describe("search", () => {
  const search = (query: string, recent: string[] = []) =>
    searchKinds(CATALOGUE.network, query, recent).map((kind) => kind.kind);
  it("knows what people call a layer", () => {
    expect(search("dense")[0]).toBe("Linear");
    expect(search("fully connected")[0]).toBe("Linear");
    expect(search("rect")[0]).toBe("ReLU");
  });
  it("puts the beginning of a name before its middle", () => {
    expect(search("in")[0]).toBe("Input");
  });
  it("lets what was used before come first among equals", () => {
    expect(search("", ["Add"])[0]).toBe("Add");
  });
  it("finds nothing for nonsense", () => {
    expect(search("zzqx")).toEqual([]);
  });
});

describe("names", () => {
  it("are made from the kind", () => {
    expect(suggestId("Conv2d", [])).toBe("conv2d");
    expect(suggestId("Conv2d", ["conv2d"])).toBe("conv2d_2");
    expect(suggestId("3 balls!", [])).toBe("n3_balls");
  });
  it("of copies count on", () => {
    expect(nextId("conv1", ["conv1", "conv2"])).toBe("conv3");
    expect(nextId("image", ["image"])).toBe("image_2");
  });
  it.each(["__class__", "_modules", "for", "forward", "type", "1st", "a-b", "", "x".repeat(81), "torch"])(
    "%s is no name",
    (id) => {
      expect(findFault(id)).toBeTruthy();
    },
  );
  it("that are taken by the language are changed", () => {
    expect(findFault(suggestId("lambda", []))).toBeUndefined();
  });
});

it("numbers are short for people and exact on demand", () => {
  expect([0, 320, 9999, 12345, 1234567, 54410, 3.2e9].map(formatCount)).toEqual([
    "0",
    "320",
    "9999",
    "12.3 k",
    "1.2 M",
    "54.4 k",
    "3.2 G",
  ]);
  expect(formatExact(1234567)).toBe("1,234,567");
});
