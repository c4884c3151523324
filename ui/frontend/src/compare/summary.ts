/** What came of runs, in numbers: best and last of each, means over seeds, and the order in which they are listed. */

import { findBest } from "../livechart/series";
import type { Goal } from "../livechart/types";

export interface Outcome {
  best: number | null;
  /** Null where there is none yet, and where it became no number. */
  last: number | null;
  isLost: boolean;
}

export function findOutcome(values: readonly (number | null)[], goal: Goal): Outcome {
  const place = findBest([...values], goal);
  const last = values.at(-1);
  return { best: place < 0 ? null : values[place]!, last: last ?? null, isLost: last === null };
}

export interface Mean {
  mean: number;
  /** Half the width of the 95% t-interval; null of one value. */
  half: number | null;
  count: number;
}

/** The mean over repeats and how far it can be trusted. `quantiles` begins with that of two repeats. */
export function findMean(values: readonly (number | null)[], quantiles: readonly number[]): Mean | null {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const count = known.length;
  if (!count) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  const quantile = quantiles[count - 2];
  if (quantile === undefined) return { mean, half: null, count };
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, half: quantile * Math.sqrt(variance / count), count };
}

/** The places of the best of some numbers; none where only one is known, since nothing was beaten. */
export function findWinners(values: readonly (number | null)[], goal: Goal): Set<number> {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length < 2 || goal === "none") return new Set();
  const best = goal === "min" ? Math.min(...known) : Math.max(...known);
  return new Set(values.flatMap((value, place) => (value === best ? [place] : [])));
}

export type Key = number | string | null;

/** The order of rows by one column: numbers by size, words by letters and the numbers in them, nothing last. */
export function orderBy(keys: readonly Key[], isDown: boolean): number[] {
  const places = keys.map((_, place) => place);
  return places.sort((a, b) => compareKeys(keys[a]!, keys[b]!, isDown) || a - b);
}

function compareKeys(a: Key, b: Key, isDown: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const way = isDown ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return way * (a - b);
  return way * String(a).localeCompare(String(b), "en", { numeric: true });
}

/** What a cell is sorted by: its number where it is one. */
export function readKey(text: string): Key {
  if (text === "–" || text === "") return null;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
