import { expect, it } from "vitest";
import { READABLE, type Viewport, holdsAll, isSeen } from "../core/sight";
import { Lookout } from "./lookout";

const WIDE = { width: 900, height: 600 };
const NARROW = { width: 600, height: 600 };

/** A chain of nodes in a window, and who looks at it. */
function look(count: number) {
  let view: Viewport = { x: 0, y: 0, zoom: 1 };
  const told: string[] = [];
  const nodes = Array.from({ length: count }, (_, place) => place);
  const flow = {
    getNodes: () => nodes.map((place) => drawn(place)),
    getViewport: () => view,
    setViewport: (next: Viewport) => Promise.resolve(Boolean((view = next))),
  };
  const lookout = new Lookout(flow as never, (notice) => told.push(notice), 0);
  lookout.leave("networks.model");
  lookout.open("networks.model", WIDE);
  const box = (place: number) => ({ ...drawn(place).position, width: 176, height: 60 });
  return {
    lookout,
    told,
    fit: () => lookout.show({ ids: [], count: 1, manner: "asked" }, WIDE),
    add: (id: number, ...beside: number[]) => {
      nodes.push(nodes.length);
      lookout.show({ ids: [id, ...beside].map(String), count: 1, manner: "calm" }, WIDE);
    },
    sees: (place: number, size = WIDE) => isSeen(view, size, box(place)),
    seesAll: (size = WIDE) => holdsAll(view, size, nodes.map(box)),
    view: () => view,
    move: (next: Viewport) => {
      view = next;
    },
  };
}

const drawn = (place: number) => ({
  id: String(place),
  position: { x: place * 240, y: 0 },
  width: 176,
  height: 60,
  data: {},
});

it("a panel beside it takes nothing away from a graph that is seen as a whole", () => {
  const screen = look(9);
  expect(screen.seesAll()).toBe(false);
  screen.fit();
  expect(screen.seesAll()).toBe(true);
  screen.lookout.resize(WIDE, NARROW);
  expect(screen.seesAll(NARROW)).toBe(true);
});

it("a long chain is fitted as far as it can be read, and wholly when asked once more", () => {
  const screen = look(40);
  screen.fit();
  expect([screen.view().zoom, screen.sees(0), screen.told.length]).toEqual([READABLE, true, 1]);
  screen.fit();
  expect(screen.seesAll()).toBe(true);
});

it("who moves the view by keys or on the small map has chosen it", async () => {
  const screen = look(9);
  await Promise.resolve();
  screen.move({ x: 0, y: 200, zoom: 1 });
  screen.lookout.resize(WIDE, { width: 880, height: 600 });
  expect(screen.view()).toEqual({ x: 0, y: 200, zoom: 1 });
});

it("a person who moved the view asks anew", () => {
  const screen = look(40);
  screen.fit();
  screen.lookout.choose();
  screen.fit();
  expect(screen.view().zoom).toBe(READABLE);
});

it("what is added to a graph that is seen as a whole leaves nothing out of sight", () => {
  const screen = look(3);
  expect(screen.seesAll()).toBe(true);
  screen.add(1, 0, 2);
  expect(screen.seesAll()).toBe(true);
});

it("what is added stays in sight with its neighbours, and the view where it is if they are", () => {
  const screen = look(12);
  const before = screen.view();
  screen.add(1, 0, 2);
  expect(screen.view()).toBe(before);
  screen.add(8, 7, 9);
  expect([7, 8, 9].every((place) => screen.sees(place))).toBe(true);
  expect(screen.view().zoom).toBe(before.zoom);
});

it("a graph is shown as it was left", () => {
  const screen = look(12);
  screen.lookout.show({ ids: ["9"], count: 1 }, WIDE);
  const before = screen.view();
  screen.lookout.leave("networks.other");
  screen.fit();
  screen.lookout.leave("networks.model");
  screen.lookout.open("networks.model", WIDE);
  expect(screen.view()).toBe(before);
});

it("a selection that is to be shown fills the window; what is found in sight does not move it", () => {
  const screen = look(4);
  const before = screen.view();
  screen.lookout.show({ ids: ["1"], count: 1 }, WIDE);
  expect(screen.view()).toBe(before);
  screen.lookout.show({ ids: ["1"], count: 2, manner: "asked" }, WIDE);
  expect(screen.view().zoom).toBeGreaterThan(before.zoom);
  expect(screen.sees(1)).toBe(true);
});
