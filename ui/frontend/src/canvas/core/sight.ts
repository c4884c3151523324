/** What of a graph is in sight, and how it stays in sight when the window on it changes. */

import type { Size } from "./layout";
import type { Box } from "./routing";

/** Where the graph's origin lies in the window, and how large the graph is drawn. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** What is shown leaves so much of the window free. */
const ROOM = 0.92;

/** Whether the middle of a box is seen. */
export function isSeen({ x, y, zoom }: Viewport, { width, height }: Size, box: Box): boolean {
  const [left, top] = [(box.x + box.width / 2) * zoom + x, (box.y + box.height / 2) * zoom + y];
  return left >= 0 && top >= 0 && left <= width && top <= height;
}

/** The view that shows again all that was seen before the window changed; undefined where all of it still is. */
export function keepInSight(view: Viewport, before: Size, after: Size, boxes: readonly Box[]): Viewport | undefined {
  const seen = boxes.filter((box) => isSeen(view, before, box));
  if (seen.every((box) => isSeen(view, after, box))) return undefined;
  const [left, top] = [Math.min(...seen.map((box) => box.x)), Math.min(...seen.map((box) => box.y))];
  const width = Math.max(...seen.map((box) => box.x + box.width)) - left;
  const height = Math.max(...seen.map((box) => box.y + box.height)) - top;
  const zoom = Math.min(view.zoom, (after.width * ROOM) / width, (after.height * ROOM) / height);
  return {
    x: after.width / 2 - (left + width / 2) * zoom,
    y: after.height / 2 - (top + height / 2) * zoom,
    zoom,
  };
}
