/** How the numbers of a node are spread over a run: one histogram for each look, drawn as a picture over time. */

export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

export interface Spread {
  readonly histogram?: Histogram | null;
  readonly mean?: number | null;
  readonly deviation?: number | null;
  readonly norm?: number | null;
  readonly update?: number | null;
  readonly zeros?: number | null;
  readonly silent?: number | null;
  readonly saturated?: number | null;
}

export type Part = "weights" | "gradients" | "output";

export const PARTS: readonly Part[] = ["weights", "gradients", "output"];

/** What a look measured at a node. */
export type Spreads = { readonly step: number } & { readonly [part in Part]?: Spread };

/** The number of the look that shows a step: the last until then, before the first one that; -1 where there is none. */
export const spreadAt = (spreads: readonly Spreads[], step: number): number =>
  spreads.length === 0
    ? -1
    : Math.max(
        0,
        spreads.findLastIndex((one) => one.step <= step),
      );

export interface Heat {
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly height: number;
  /** One path for each shade, the faintest first. */
  readonly shades: readonly string[];
}

const BINS = 24;
const SHADES = 5;

/** Histograms side by side, time from left to right and values from below, darker where more numbers lie: by the root, so that what is rare is still seen. */
export function paintHeat(histograms: readonly (Histogram | null | undefined)[]): Heat | undefined {
  const known = histograms.filter((one) => one !== null && one !== undefined);
  if (known.length === 0) return undefined;
  const low = Math.min(...known.map((one) => one.low));
  const high = Math.max(...known.map((one) => one.high));
  const paths = Array.from({ length: SHADES }, () => "");
  histograms.forEach((histogram, column) => {
    if (!histogram) return;
    const cells = binAgain(histogram, low, high, BINS);
    const most = Math.max(...cells);
    cells.forEach((share, bin) => {
      const shade = Math.ceil(Math.sqrt(share / most) * SHADES) - 1;
      if (share > most / 200) paths[shade] += `M${column} ${BINS - 1 - bin}h1v1h-1z`;
    });
  });
  return { low, high, width: histograms.length, height: BINS, shades: paths };
}

/** The counts of a histogram in other bins, each count spread evenly over its own. */
export function binAgain({ low, high, counts }: Histogram, from: number, to: number, bins: number): number[] {
  const cells = new Array<number>(bins).fill(0);
  const [wide, step] = [(high - low) / counts.length, (to - from) / bins];
  counts.forEach((count, place) => {
    const start = low + place * wide;
    const first = clamp(Math.floor((start - from) / step), bins);
    const last = clamp(Math.ceil((start + wide - from) / step) - 1, bins);
    for (let bin = first; bin <= last; bin++) {
      const [left, right] = [from + bin * step, from + (bin + 1) * step];
      const shared = Math.min(right, start + wide) - Math.max(left, start);
      cells[bin] = (cells[bin] as number) + (count * Math.max(0, shared)) / wide;
    }
  });
  return cells;
}

const clamp = (bin: number, bins: number) => Math.min(bins - 1, Math.max(0, bin));
