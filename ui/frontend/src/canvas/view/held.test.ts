import { expect, it, vi } from "vitest";
import { Held } from "./held";

it("tells those who follow what is held, and no one else", () => {
  const held = new Held();
  const [node, link, other] = [vi.fn(), vi.fn(), vi.fn()];
  held.follow("a", node, true);
  held.follow("a", link, false);
  held.follow("b", other, true);
  held.hold([["a", [8, 16]]]);
  expect(held.placeOf("a")).toEqual([8, 16]);
  held.letGo();
  expect(held.placeOf("a")).toBeUndefined();
  expect([node, link, other].map((one) => one.mock.calls.length)).toEqual([2, 2, 0]);
});

it("knows which nodes are on the screen: a link at one does not draw it", () => {
  const held = new Held();
  const leave = held.follow("a", () => undefined, true);
  held.follow("b", () => undefined, false);
  expect([held.isDrawn("a"), held.isDrawn("b")]).toEqual([true, false]);
  leave();
  expect(held.isDrawn("a")).toBe(false);
});
