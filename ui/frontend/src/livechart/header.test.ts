import { describe, expect, it } from "vitest";
import { hasDiverged } from "./header";
import type { News } from "./types";

const end = (status: string, loss: number | null): News =>
  ({ status, ended: { status, reason: "", advice: "", metrics: { train: { loss } } } }) as unknown as News;

describe("a run whose loss was no number", () => {
  it("is not offered to go on", () => {
    expect(hasDiverged(end("failed", null))).toBe(true);
  });

  it("is told from one that failed for another reason", () => {
    expect([hasDiverged(end("failed", 0.4)), hasDiverged(end("paused", null))]).toEqual([false, false]);
  });
});
