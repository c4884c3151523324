import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace } from "./pace";

describe("pace", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("works while it is asked again and again, and not only afterwards", async () => {
    let done = 0;
    const pace = new Pace(async () => void (done += 1), 100);
    for (let turn = 0; turn < 50; turn += 1) {
      pace.ask();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(done).toBeGreaterThanOrEqual(4);
    expect(done).toBeLessThanOrEqual(5);
  });

  it("does one thing at a time, and the last wish at the end", async () => {
    const seen: number[] = [];
    let wish = 1;
    let running = 0;
    const pace = new Pace(async () => {
      running += 1;
      expect(running).toBe(1);
      const taken = wish;
      await new Promise((resolve) => setTimeout(resolve, 300));
      seen.push(taken);
      running -= 1;
    }, 50);
    pace.ask();
    await vi.advanceTimersByTimeAsync(100);
    wish = 2;
    pace.ask();
    wish = 3;
    pace.ask();
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen).toEqual([1, 3]);
  });
});
