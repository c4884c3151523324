import { describe, expect, it } from "vitest";
import { cross, distance, drawRoute, middleOf, nearnessToBox, placeOnRoute, routeCurves, sampleRoute } from "./routing";
import type { Position } from "./types";

const A: Position = [0, 0];
const B: Position = [200, 80];

describe("the way of a link", () => {
  it("without points is one curve that leaves to the right and arrives from the left", () => {
    expect(drawRoute(routeCurves(A, B, []))).toBe("M0,0 C100,0 100,80 200,80");
    expect(middleOf(routeCurves(A, B, []))).toEqual([100, 40]);
  });
  it("has its middle, where the label stands, away from its points", () => {
    const via: Position[] = [
      [100, 40],
      [130, 40],
      [160, 60],
    ];
    for (const count of [1, 2, 3]) {
      const middle = middleOf(routeCurves(A, B, via.slice(0, count)));
      for (const point of via.slice(0, count)) expect(distance(middle, point)).toBeGreaterThan(25);
    }
  });
  it("runs through each of its points", () => {
    const via: Position[] = [
      [60, 120],
      [140, -40],
    ];
    const route = sampleRoute(routeCurves(A, B, via));
    for (const point of [A, ...via, B]) expect(route).toContainEqual(point);
  });
  it("keeps its direction at a point, so that there is no corner", () => {
    const [before, after] = routeCurves(A, B, [[100, 100]]);
    const [into, point, out] = [before?.[2], before?.[3], after?.[1]] as [Position, Position, Position];
    const cosine = (point[0] - into[0]) * (out[1] - point[1]) - (point[1] - into[1]) * (out[0] - point[0]);
    expect(cosine).toBeCloseTo(0);
  });
  it("takes a new point in between those that lie around it", () => {
    const curves = routeCurves(
      A,
      [300, 0],
      [
        [100, 0],
        [200, 0],
      ],
    );
    expect(placeOnRoute(curves, [40, 4])).toBe(0);
    expect(placeOnRoute(curves, [150, 4])).toBe(1);
    expect(placeOnRoute(curves, [260, 4])).toBe(2);
  });
});

describe("a line drawn over links", () => {
  const route = sampleRoute(routeCurves(A, B, []));
  it("crosses what it runs through", () => {
    expect(
      cross(
        [
          [100, -50],
          [100, 150],
        ],
        route,
      ),
    ).toBe(true);
  });
  it("does not cross what it ends before or runs beside", () => {
    expect(
      cross(
        [
          [100, -50],
          [100, 10],
        ],
        route,
      ),
    ).toBe(false);
    expect(
      cross(
        [
          [0, 20],
          [60, 120],
        ],
        route,
      ),
    ).toBe(false);
  });
});

it("a box is touched by a link that runs through it or ends in it, the nearer to its middle the better", () => {
  const route = sampleRoute(routeCurves(A, [400, 0], []));
  const box = (y: number) => ({ x: 120, y, width: 160, height: 44 });
  expect(nearnessToBox(route, box(-22))).toBeLessThan(nearnessToBox(route, box(-8)));
  expect(nearnessToBox(route, box(40))).toBe(Number.POSITIVE_INFINITY);
  expect(nearnessToBox(route, { x: 3, y: -1, width: 2, height: 2 })).toBeLessThan(8);
});
