/** Links that would run behind boxes are led past them, along a lane above or below in which nothing stands. */

import { snap } from "./actions";
import { type Box, nearnessToBox, routeCurves, sampleRoute } from "./routing";
import type { Position } from "./types";

/** A link as it is to be led. */
export interface Way {
  readonly key: string;
  readonly from: Position;
  readonly to: Position;
}

interface Lane {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** How far a lane lies from the box that it passes, and from the next lane. */
const CLEAR = 24;
const APART = 16;
/** A curve that comes nearer to a box than this seems to run along it. */
const NEAR = 6;
/** So many lanes are tried on each side of a box. */
const TRIES = 8;

/** The points through which each way is led, by its key; none where its curve is clear of boxes. Short ways lie inside. */
export function leadPast(ways: readonly Way[], boxes: readonly Box[]): Map<string, Position[]> {
  const lanes: Lane[] = [];
  const length = ({ from, to }: Way) => to[0] - from[0];
  const sorted = ways.toSorted((a, b) => length(a) - length(b));
  return new Map(sorted.map((way) => [way.key, leadOne(way, boxes, lanes)]));
}

function leadOne({ from, to }: Way, boxes: readonly Box[], lanes: Lane[]): Position[] {
  const between = boxes.filter((box) => box.x < to[0] && box.x + box.width > from[0]);
  if (isClear(from, to, [], between)) return [];
  const left = snap(Math.max(from[0] + APART, Math.min(...between.map((box) => box.x))));
  const right = snap(Math.min(to[0] - APART, Math.max(...between.map((box) => box.x + box.width))));
  if (left >= right) return [];
  const along = (y: number): Position[] => [
    [left, y],
    [right, y],
  ];
  const isFree = (y: number) =>
    !lanes.some((lane) => lane.left < right && lane.right > left && Math.abs(lane.y - y) < APART) &&
    isClear(from, to, along(y), between);
  const y = listHeights(between, from, to).find(isFree);
  if (y === undefined) return [];
  lanes.push({ left, right, y });
  return along(y);
}

function isClear(from: Position, to: Position, via: readonly Position[], boxes: readonly Box[]): boolean {
  const route = sampleRoute(routeCurves(from, to, via));
  return boxes.every((box) => nearnessToBox(route, widen(box)) === Number.POSITIVE_INFINITY);
}

const widen = ({ x, y, width, height }: Box): Box => ({ x, y: y - NEAR, width, height: height + 2 * NEAR });

/** Where lanes may lie: above and below each box, those first that are the shortest way. */
function listHeights(boxes: readonly Box[], from: Position, to: Position): number[] {
  const tries = Array.from({ length: TRIES }, (_, place) => CLEAR + place * APART);
  const heights = boxes.flatMap((box) => tries.flatMap((gap) => [box.y - gap, box.y + box.height + gap]));
  const detour = (y: number) => Math.abs(y - from[1]) + Math.abs(y - to[1]);
  return [...new Set(heights.map(snap))].sort((a, b) => detour(a) - detour(b));
}
