/** The points of all curves, kept in order as pieces arrive. */

import type { Goal, SeriesPiece, Split } from "./types";

export interface Series {
  steps: number[];
  epochs: number[];
  seconds: number[];
  values: (number | null)[];
}

export type Axis = "step" | "epoch" | "time";

const empty = (): Series => ({ steps: [], epochs: [], seconds: [], values: [] });

export class SeriesStore {
  private readonly series = new Map<string, Series>();
  readonly names: string[] = [];

  /** Add a piece. Steps that were seen before are replaced: a resumed run repeats what its checkpoint had not kept. */
  add(piece: SeriesPiece): void {
    const own = this.open(piece.name, piece.split);
    const first = piece.steps[0];
    if (first === undefined) return;
    let end = own.steps.length;
    while (end > 0 && own.steps[end - 1]! >= first) end -= 1;
    for (const column of ["steps", "epochs", "seconds", "values"] as const) {
      (own[column] as unknown[]).length = end;
      for (const value of piece[column]) (own[column] as unknown[]).push(value);
    }
  }

  get(name: string, split: Split): Series {
    return this.series.get(`${split}/${name}`) ?? empty();
  }

  /** Whether a number changes while the network learns. */
  varies(name: string): boolean {
    return [...this.series].some(([key, { values }]) => key.endsWith(`/${name}`) && values.some((value) => value !== values[0]));
  }

  private open(name: string, split: Split): Series {
    const key = `${split}/${name}`;
    let own = this.series.get(key);
    if (!own) {
      own = empty();
      this.series.set(key, own);
      if (!this.names.includes(name)) this.names.push(name);
    }
    return own;
  }
}

/** The place of the best value; -1 where there is none. */
export function findBest(values: (number | null)[], goal: Goal): number {
  let best = -1;
  if (goal === "none") return best;
  values.forEach((value, place) => {
    if (value === null || !Number.isFinite(value)) return;
    const held = best < 0 ? null : values[best]!;
    if (held === null || (goal === "min" ? value < held : value > held)) best = place;
  });
  return best;
}

/** The place of the first of the values at the end that are no numbers; -1 where the last one is a number. */
export function findLost(values: (number | null)[]): number {
  let place = values.length;
  while (place > 0 && (values[place - 1] === null || !Number.isFinite(values[place - 1]))) place -= 1;
  return place < values.length ? place : -1;
}

/** An average that forgets: `weight` of the past stays at every point, and the start is not drawn to zero. */
export function smooth(values: (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return values;
  let mean = 0;
  let mass = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
}

/** The positions of a series along the chosen axis. */
export function along(series: Series, axis: Axis): number[] {
  return axis === "step" ? series.steps : axis === "epoch" ? series.epochs : series.seconds;
}
