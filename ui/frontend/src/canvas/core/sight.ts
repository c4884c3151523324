/** What of a graph is in sight: all of it, its start, or what has to stay seen when the window or the graph changes. */

import type { Size } from "./layout";
import type { Box } from "./routing";

export type { Box };

/** Where the graph's origin lies in the window, and how large the graph is drawn. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** What is shown leaves so much of the window free. */
const ROOM = 0.92;
const MARGIN = 40;
const LARGEST = 1.1;
const SMALLEST = 0.05;
/** Below this everything on a node becomes too small to be read: a graph that is opened begins at its left end instead. */
export const LEGIBLE = 0.54;
/** A graph that fits at such a part of that size is shown whole: to see where it ends is worth more than larger letters. */
const NEARLY = 0.8;
/** Below this not even names can be read, though they are written larger from afar. */
export const READABLE = 0.25;

/** Whether the middle of a box is seen. */
export function isSeen({ x, y, zoom }: Viewport, { width, height }: Size, box: Box): boolean {
  const [left, top] = [(box.x + box.width / 2) * zoom + x, (box.y + box.height / 2) * zoom + y];
  return left >= 0 && top >= 0 && left <= width && top <= height;
}

/** Whether the whole of each box is seen. */
export function holdsAll({ x, y, zoom }: Viewport, { width, height }: Size, boxes: readonly Box[]): boolean {
  const { left, top, right, bottom } = boundsOf(boxes);
  return left * zoom + x >= 0 && top * zoom + y >= 0 && right * zoom + x <= width && bottom * zoom + y <= height;
}

function boundsOf(boxes: readonly Box[]): { left: number; top: number; right: number; bottom: number } {
  return {
    left: Math.min(...boxes.map((box) => box.x)),
    top: Math.min(...boxes.map((box) => box.y)),
    right: Math.max(...boxes.map((box) => box.x + box.width)),
    bottom: Math.max(...boxes.map((box) => box.y + box.height)),
  };
}

/** All boxes in the middle of the window, as large as they may be. */
export function showAll(size: Size, boxes: readonly Box[], largest = LARGEST): Viewport {
  const { left, top, right, bottom } = boundsOf(boxes);
  const fitting = Math.min((size.width * ROOM) / (right - left), (size.height * ROOM) / (bottom - top));
  const zoom = Math.max(SMALLEST, Math.min(largest, fitting));
  return {
    x: size.width / 2 - ((left + right) / 2) * zoom,
    y: size.height / 2 - ((top + bottom) / 2) * zoom,
    zoom,
  };
}

/** All boxes, where they need not be smaller than `least` for that; else the left end of the graph at that size. */
function showFrom(size: Size, boxes: readonly Box[], least: number): Viewport {
  const all = showAll(size, boxes);
  if (all.zoom >= least) return all;
  const { left, top, bottom } = boundsOf(boxes);
  const first = boxes.toSorted((a, b) => a.x - b.x)[0];
  const middle = (bottom - top) * least < size.height ? (top + bottom) / 2 : (first?.y ?? 0);
  return { x: MARGIN - left * least, y: size.height / 2 - middle * least, zoom: least };
}

/** A graph that is opened: all of it where everything on it can be read, or nearly so, rather than cut at its end. */
export function showOpened(size: Size, boxes: readonly Box[]): Viewport {
  const all = showAll(size, boxes);
  return all.zoom >= LEGIBLE * NEARLY ? all : showFrom(size, boxes, LEGIBLE);
}

/** A graph that is to be seen as a whole: all of it where names can be read. */
export const showWhole = (size: Size, boxes: readonly Box[]): Viewport => showFrom(size, boxes, READABLE);

/** The view that shows again all that was seen before the window changed; undefined where all of it still is. */
export function keepInSight(view: Viewport, before: Size, after: Size, boxes: readonly Box[]): Viewport | undefined {
  const seen = boxes.filter((box) => isSeen(view, before, box));
  if (seen.every((box) => isSeen(view, after, box))) return undefined;
  return showAll(after, seen, view.zoom);
}

/**
 * The view moved as little as it takes to show boxes, of which the first counts most: smaller where they need it, but not
 * so small that nothing can be read. Undefined where they are in sight.
 */
export function bringIntoSight(view: Viewport, size: Size, boxes: readonly Box[]): Viewport | undefined {
  if (boxes.length === 0 || holdsAll(view, size, boxes)) return undefined;
  const zoom = Math.min(view.zoom, Math.max(showAll(size, boxes).zoom, Math.min(view.zoom, LEGIBLE)));
  const middle = { x: size.width / 2, y: size.height / 2 };
  const scaled = {
    x: middle.x - ((middle.x - view.x) / view.zoom) * zoom,
    y: middle.y - ((middle.y - view.y) / view.zoom) * zoom,
  };
  const { left, top, right, bottom } = boundsOf(holdsRoom(size, boxes, zoom) ? boxes : boxes.slice(0, 1));
  return {
    x: scaled.x + shiftInto(left * zoom + scaled.x, right * zoom + scaled.x, size.width),
    y: scaled.y + shiftInto(top * zoom + scaled.y, bottom * zoom + scaled.y, size.height),
    zoom,
  };
}

function holdsRoom({ width, height }: Size, boxes: readonly Box[], zoom: number): boolean {
  const { left, top, right, bottom } = boundsOf(boxes);
  return (right - left) * zoom <= width && (bottom - top) * zoom <= height;
}

/** How far a stretch has to move to lie within a length, off its ends where there is room for that. */
function shiftInto(from: number, to: number, length: number): number {
  const margin = Math.max(0, Math.min(MARGIN, (length - (to - from)) / 2));
  return Math.max(0, margin - from) || Math.min(0, length - margin - to);
}
