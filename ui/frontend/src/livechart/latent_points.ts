/** Points of a space of vectors, as they are asked about, and where a pixel of a map lies in it. */

export type End = { sample: number } | { seed: number };
export type Point = { coordinates: number[] } | { ends: [End, End]; share: number };

const SEEDS = 2 ** 31;

/** Where a point is given by hand: along the first two axes, in the middle of all others. */
export function placeOnMap(x: number, y: number, axes: number): number[] {
  return [x, y, ...Array<number>(Math.max(0, axes - 2)).fill(0)];
}

/** The points that one look asks for: the one that is shown, and the two ends of the way. */
export function listPoints(shown: Point, ends: [End, End]): Point[] {
  return [shown, { ends, share: 0 }, { ends, share: 1 }];
}

/** Another end than the one there is: a sample of so many, or noise where there are no samples. */
export function drawEnd(samples: number, random: () => number = Math.random): End {
  return samples > 0 ? { sample: Math.floor(random() * samples) } : { seed: Math.floor(random() * SEEDS) };
}

/** An axis of a plot as plotly.js keeps it: from a pixel behind the margin to a number. */
export interface PlotAxis {
  p2c(pixel: number): number;
  _offset: number;
  _length: number;
}

/** The number at a pixel along an axis; null beside the plot. */
export function readAxis(axis: PlotAxis, pixel: number): number | null {
  const along = pixel - axis._offset;
  return along < 0 || along > axis._length ? null : axis.p2c(along);
}
