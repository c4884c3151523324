import { describe, expect, it } from "vitest";
import { isCompleted } from "./address";

const at = (address: string) => new URL(address, "http://127.0.0.1:8501");

describe("an address", () => {
  it("that gets its project is completed", () => {
    expect(isCompleted(at("/build"), at("/build?project=a&preset=mlp_iris"))).toBe(true);
    expect(isCompleted(at("/build?preset=mlp_iris"), at("/build?project=a&preset=mlp_iris"))).toBe(true);
    expect(isCompleted(at("/build?graph=training"), at("/build?graph=training&project=a"))).toBe(true);
  });
  it("whose preset has become a project is completed", () => {
    expect(isCompleted(at("/train?project=a&preset=mlp_iris"), at("/train?project=a"))).toBe(true);
  });
  it("that shows something else is a step of the way back", () => {
    expect(isCompleted(at("/build?project=a"), at("/build?project=b"))).toBe(false);
    expect(isCompleted(at("/build?project=a"), at("/train?project=a"))).toBe(false);
    expect(isCompleted(at("/runs"), at("/runs?run=1"))).toBe(false);
    expect(isCompleted(at("/build?project=a"), at("/build"))).toBe(false);
  });
});
