/** What travels between the page, the routes for comparing, and the view of runs beside each other. */

import type { Figure, Goal, SeriesPiece, Split, Trace } from "../livechart/types";

export interface Panel {
  name: string;
  title: string;
  goal: Goal;
}

export interface Run {
  id: string;
  name: string;
  line: Trace & Look;
}

/** How a line is told from the others. */
export interface Look {
  line: { color: string; dash: string };
  marker: { symbol: string };
}

/** Runs that differ only in their seed. */
export interface Group {
  id: string;
  name: string;
  runs: string[];
  /** Lower end, upper end, mean. */
  traces: Trace[];
}

export interface Setting {
  path: string;
  name: string;
  /** One for each run, in their order. */
  values: string[];
  differs: boolean;
}

/** What the page says once. */
export interface View {
  plotly: string;
  numbers: string;
  figure: Figure;
  runs: Run[];
  panels: Panel[];
  groups: Group[];
  /** Student's t for 95% of 2, 3, 4... repeats. */
  quantiles: number[];
  settings: Setting[];
}

export interface Progress {
  step: number;
  epoch: number;
  epochs: number;
  seconds: number;
}

export interface RunNews {
  error?: string;
  cursor: string;
  status: string;
  progress: Progress | null;
  measured: Partial<Record<Split, string[]>>;
  series: SeriesPiece[];
}

export interface Band {
  name: string;
  runs: number;
  steps: number[];
  epochs: number[];
  seconds: number[];
  means: (number | null)[];
  halves: (number | null)[];
}
