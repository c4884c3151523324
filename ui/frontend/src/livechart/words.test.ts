import { describe, expect, it } from "vitest";
import { countEpoch, formatCount, formatSeconds, formatShare, formatValue, nameState } from "./words";

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

describe("what stands together", () => {
  it("has shares of the same number of digits", () => {
    expect([0.9991, 1, 0.0004].map(formatShare)).toEqual(["99.9%", "100.0%", "0.0%"]);
  });

  it("names the epoch that a run is in the same whether it runs or rests", () => {
    expect([0, 0.2, 1, 3.4, 4, 10].map((epoch) => countEpoch(epoch, 10))).toEqual([1, 1, 1, 4, 4, 10]);
  });

  it("says what a run waits for", () => {
    expect([nameState("queued", "starting"), nameState("queued", ""), nameState("paused", "starting")]).toEqual(["Starting", "Waiting", "Paused"]);
  });
});
