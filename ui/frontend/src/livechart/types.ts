import type { Checkpoint } from "./checkpoints";
import type { Diagnosis } from "./diagnoses";
import type { Pictures } from "./pictures";

/** What travels between the run routes, the page and the live view. */

export interface Figure {
  data: Trace[];
  layout: Record<string, unknown>;
}

export interface Trace {
  [key: string]: unknown;
  x?: unknown[];
  y?: unknown[];
  meta?: { split?: Split; mark?: string };
}

export type Split = "train" | "validation" | "test";

/** Which end of a number is good; of what rivals pull at, none is. */
export type Goal = "min" | "max" | "none";

export interface Panel {
  name: string;
  title: string;
  goal: Goal;
  figure: Figure;
}

/** What the page says once. */
export interface View {
  run: string;
  plotly: string;
  device: string;
  panels: Panel[];
  titles: Record<string, string>;
  /** Whether the run had ended when the page was written. */
  over: boolean;
  kept: { metric: string; mode: "min" | "max" } | null;
}

export interface SeriesPiece {
  split: Split;
  name: string;
  steps: number[];
  epochs: number[];
  seconds: number[];
  values: (number | null)[];
}

/** What steps cost and wait for, as `runtime/events.py` describes it. */
export interface Effort {
  seconds: number;
  shares: Record<string, number>;
  memory: number;
  operations: number;
  bytes: number;
  share: number | null;
  ceiling: "" | "arithmetic" | "memory";
  most_operations: number;
  most_bytes: number;
  measured: string;
  busy: "" | "gpu" | "program";
}

export interface Progress {
  step: number;
  steps: number;
  epoch: number;
  epochs: number;
  seconds: number;
  samples_per_second: number;
  seconds_left: number | null;
  /** Missing in runs of earlier versions. */
  effort?: Effort | null;
}

export interface ImagesPayload {
  type: "image_grid";
  images: Pictures;
  /** What stands in a picture from top to bottom. */
  rows?: string[];
  /** Where the lines between those begin, and how high they are, in pixels. Missing in runs of earlier versions. */
  lines?: [number, number][];
  /** What the colours over a picture stand for; null for what is left as it is. */
  legend?: { name: string; colour: string | null }[];
  /** What is said below each picture, where that is no answer. */
  captions?: string[];
  truth?: (string | number)[];
  predicted?: (string | number)[];
  confidence?: number[];
  wrong?: boolean[];
}

export interface TablePayload {
  type: "table";
  columns: string[];
  rows: (string | number | null)[][];
  truth: number;
  predicted: number;
  wrong?: boolean[] | null;
}

/** Texts as words, with what each is taken for; `gap` stands between two words. */
export interface TextsPayload {
  type: "texts";
  texts: string[][];
  gap: string;
  weights?: number[][];
  truth?: (string | number)[];
  predicted?: (string | number)[];
  confidence?: number[];
  wrong?: boolean[];
}

/** Texts as words with a tag for each. */
export interface TaggedPayload {
  type: "tagged";
  texts: string[][];
  gap: string;
  predicted: string[][];
  truth?: string[][];
}

/** What a network writes after each prompt. */
export interface ContinuationPayload {
  type: "continuation";
  prompts: string[];
  texts: string[];
  temperature: number;
  top_k: number;
}

/** A sentence as tokens; a row of weights over the source for each token of the output. */
export interface Translated {
  source: string[];
  reference: string[] | null;
  output: string[];
  weights: number[][] | null;
}

export interface TranslationsPayload {
  type: "translations";
  rows: Translated[];
  joiner: string;
}

export type Payload = ContinuationPayload | TranslationsPayload | ImagesPayload | TablePayload | TextsPayload | TaggedPayload | { type: "scatter" | "decision_surface" | "forecast" };

export interface Sample {
  node: string;
  step: number;
  payload: Payload;
  figure: Figure | null;
}

export interface Matrix {
  node: string;
  split: Split;
  step: number;
  value: unknown;
  figure: Figure | null;
}

export interface Ended {
  status: string;
  reason: string;
  advice: string;
  metrics: Record<string, Record<string, number | null>>;
}

export interface News {
  cursor: string;
  status: string;
  phase: string;
  detail: string;
  /** Its place in the line while it waits, from 1. */
  place?: number;
  progress: Progress | null;
  series: SeriesPiece[];
  tables: Matrix[];
  samples: Sample[];
  checkpoints: Checkpoint[];
  diagnoses: Diagnosis[];
  notices: string[];
  ended: Ended | null;
}
