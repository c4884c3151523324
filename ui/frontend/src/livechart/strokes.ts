/** What a hand has drawn, as strokes: so that the last one can be taken back. Coordinates go from 0 to 1. */

export type Point = readonly [number, number];

export interface Stroke {
  /** A colour, or null where the stroke erases. */
  ink: string | null;
  width: number;
  points: Point[];
}

export class Strokes {
  private done: Stroke[] = [];

  get all(): readonly Stroke[] {
    return this.done;
  }

  /** Whether nothing was drawn; what only erases draws nothing. */
  get isEmpty(): boolean {
    return this.done.every((stroke) => stroke.ink === null);
  }

  begin(at: Point, ink: string | null, width: number): Stroke {
    const stroke = { ink, width, points: [at] };
    this.done.push(stroke);
    return stroke;
  }

  /** Lead the last stroke on; returns the piece that is new. */
  extend(to: Point): readonly [Point, Point] | null {
    const stroke = this.done.at(-1);
    const from = stroke?.points.at(-1);
    if (!stroke || !from) return null;
    stroke.points.push(to);
    return [from, to];
  }

  /** Take the last stroke back; false where there is none. */
  undo(): boolean {
    return this.done.pop() !== undefined;
  }

  clear(): void {
    this.done = [];
  }
}

const STEPS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const COARSE = 1 / 28;
const FINE = 1 / 112;

/** Where an arrow key leads from a point, never off the board; null for any other key. */
export function moveByKey(from: Point, key: string, isFine: boolean): Point | null {
  const step = STEPS[key];
  if (!step) return null;
  const size = isFine ? FINE : COARSE;
  const keep = (place: number): number => Math.min(1, Math.max(0, place));
  return [keep(from[0] + step[0] * size), keep(from[1] + step[1] * size)];
}
