import { expect, it } from "vitest";
import type { Row } from "../../core/outline";
import { stepThrough } from "./steps";

const row = (key: string, level: number, isOpen?: boolean) => ({ key, level, isOpen }) as Row;
const ROWS = [row("a", 1), row("b", 1, true), row("b/x", 2), row("c", 1, false)];

it("up and down go through all that is shown and stop at the ends", () => {
  expect(stepThrough("ArrowDown", ROWS, 1)).toEqual({ to: 2 });
  expect(stepThrough("ArrowUp", ROWS, 0)).toEqual({ to: 0 });
  expect(stepThrough("ArrowDown", ROWS, 3)).toEqual({ to: 3 });
  expect(stepThrough("Home", ROWS, 2)).toEqual({ to: 0 });
  expect(stepThrough("End", ROWS, 0)).toEqual({ to: 3 });
});

it("right opens a block, then goes inside; left goes out, then closes it", () => {
  expect(stepThrough("ArrowRight", ROWS, 3)).toEqual({ to: 3, toggles: true });
  expect(stepThrough("ArrowRight", ROWS, 1)).toEqual({ to: 2 });
  expect(stepThrough("ArrowLeft", ROWS, 2)).toEqual({ to: 1 });
  expect(stepThrough("ArrowLeft", ROWS, 1)).toEqual({ to: 1, toggles: true });
  expect(stepThrough("ArrowRight", ROWS, 0)).toEqual({ to: 0 });
});

it("other keys lead nowhere", () => {
  expect(stepThrough("c", ROWS, 0)).toBeUndefined();
});
