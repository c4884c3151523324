/** What a network is asked, and what every way to answer it can do. */

export interface Input {
  field: string;
  kind: string;
  shape: number[];
  columns: string[];
  classes: string[];
  low: number[];
  high: number[];
  mean: number[];
  /** Rows that make one sample, where it is a stretch of a series; else 0. */
  steps: number;
  /** Whether it may be left open, for its best values to be told. */
  open: boolean;
}

export interface Question {
  inputs: Input[];
  /** What the answer is, such as scores of classes, or how a text goes on. */
  meaning: string;
  /** By which method a picture is explained at first; null where there is nothing to explain. */
  explained: "grad_cam" | "occlusion" | null;
  /** Whether it chooses one class for each sample. */
  chooses: boolean;
}

export type Value = number | string | string[] | Record<string, number> | Record<string, number>[] | { drawing: string } | { picture: string };

export interface Control {
  element: HTMLElement;
  /** The value as it stands; null while there is none. */
  read(): Value | null;
  /** Whether it is left open on purpose. */
  isOpen?(): boolean;
  set(value: Value): void;
  /** Show what the network says to it, where that has a place beside the input. */
  answer?(values: readonly number[]): void;
}
