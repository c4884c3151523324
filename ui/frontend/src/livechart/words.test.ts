import { describe, expect, it } from "vitest";
import { formatCount, formatSeconds, formatValue, nameState } from "./words";

describe("numbers for people", () => {
  it("tell time in the two largest units", () => {
    expect([4.25, 42, 200, 3900].map(formatSeconds)).toEqual(["4.3 s", "42 s", "3 m 20 s", "1 h 5 m"]);
    expect(formatSeconds(Number.NaN)).toBe("");
  });

  it("carry a minute over instead of showing sixty seconds", () => {
    expect(formatSeconds(119.7)).toBe("2 m 0 s");
    expect(formatSeconds(7199)).toBe("2 h 0 m");
  });

  it("are short", () => {
    expect([950, 4200, 27_500, 1_250_000].map(formatCount)).toEqual(["950", "4.2 k", "28 k", "1.3 M"]);
  });

  it("keep what matters of small and large values", () => {
    expect([0.98123, 0, 0.0000124, 123.456, null].map(formatValue)).toEqual(["0.9812", "0.0000", "1.24e-5", "123.5", "–"]);
  });
});

describe("what a run is doing", () => {
  it("names phases that last and nothing that flickers", () => {
    expect(nameState("running", "preparing data")).toBe("Preparing data");
    expect(nameState("running", "validating")).toBe("Training");
    expect(nameState("queued", "")).toBe("Waiting");
  });
});
