/** The way of a link: a smooth curve from port to port through its reroute points. Drawing, cutting and dropping share it. */

import type { Position } from "./types";

type Point = Position;
/** A cubic curve: its start, its two handles, its end. */
type Cubic = readonly [Point, Point, Point, Point];

const CURVATURE = 0.3;
const SAMPLES = 16;
/** How far a curve leans towards its neighbours at a reroute point. */
const TENSION = 0.35;

/** The curves of a link, one more than it has reroute points. It leaves to the right and arrives from the left. */
export function routeCurves(from: Point, to: Point, via: readonly Point[]): Cubic[] {
  const points = [from, ...via, to];
  return points.slice(1).map((end, place): Cubic => {
    const start = points[place] as Point;
    return [start, leave(points, place, end), arrive(points, place + 1, start), end];
  });
}

function leave(points: readonly Point[], place: number, next: Point): Point {
  const [x, y] = points[place] as Point;
  if (place === 0) return [x + reach(next[0] - x), y];
  return lean(points, place, distance([x, y], next));
}

function arrive(points: readonly Point[], place: number, previous: Point): Point {
  const [x, y] = points[place] as Point;
  if (place === points.length - 1) return [x - reach(x - previous[0]), y];
  return lean(points, place, -distance([x, y], previous));
}

/** How far the handle of a port stands out: half of the way, more gently where the link runs backwards. */
const reach = (dx: number) => (dx >= 0 ? dx / 2 : CURVATURE * 25 * Math.sqrt(-dx));

function lean(points: readonly Point[], place: number, length: number): Point {
  const [before, here, after] = [points[place - 1], points[place], points[place + 1]] as [Point, Point, Point];
  const whole = distance(before, after) || 1;
  const scale = (TENSION * length) / whole;
  return [here[0] + (after[0] - before[0]) * scale, here[1] + (after[1] - before[1]) * scale];
}

export const distance = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The curves as the path of an SVG. */
export function drawRoute(curves: readonly Cubic[]): string {
  const [first] = curves;
  if (!first) return "";
  const steps = curves.map(([, a, b, end]) => `C${a.join(",")} ${b.join(",")} ${end.join(",")}`);
  return `M${first[0].join(",")} ${steps.join(" ")}`;
}

function pointOn([p0, p1, p2, p3]: Cubic, t: number): Point {
  const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return [a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0], a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]];
}

/** Where the label stands: in the middle of the longest curve, away from ports and reroute points. */
export function middleOf(curves: readonly Cubic[]): Point {
  const length = ([start, , , end]: Cubic) => distance(start, end);
  const [longest] = curves.toSorted((a, b) => length(b) - length(a));
  return longest ? pointOn(longest, 0.5) : [0, 0];
}

/** The curves as short straight pieces. */
export function sampleRoute(curves: readonly Cubic[]): Point[] {
  const [first] = curves;
  if (!first) return [];
  const steps = Array.from({ length: SAMPLES }, (_, step) => (step + 1) / SAMPLES);
  return [first[0], ...curves.flatMap((curve) => steps.map((t) => pointOn(curve, t)))];
}

/** Among which reroute points a new one belongs, by the curve that passes nearest. */
export function placeOnRoute(curves: readonly Cubic[], at: Point): number {
  const distances = curves.map((curve) => Math.min(...sampleRoute([curve]).map((point) => distance(point, at))));
  return distances.indexOf(Math.min(...distances));
}

/** Whether two lines of straight pieces cross. */
export function cross(a: readonly Point[], b: readonly Point[]): boolean {
  return a.some((start, i) => {
    const end = a[i + 1];
    return (
      end !== undefined && b.some((from, j) => b[j + 1] !== undefined && meet(start, end, from, b[j + 1] as Point))
    );
  });
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

const side = (a: Point, b: Point, c: Point) => (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0]);

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How near a way comes to the middle of a box; infinite where it does not touch the box. */
export function nearnessToBox(route: readonly Point[], { x, y, width, height }: Box): number {
  const corners: Point[] = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
    [x, y],
  ];
  const isInside = ([px, py]: Point) => px >= x && px <= x + width && py >= y && py <= y + height;
  if (!route.some(isInside) && !cross(route, corners)) return Number.POSITIVE_INFINITY;
  return Math.min(...route.map((point) => distance(point, [x + width / 2, y + height / 2])));
}
