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
}

export interface Question {
  inputs: Input[];
}

export type Value = number | string | Record<string, number> | { drawing: string } | { picture: string };

export interface Control {
  element: HTMLElement;
  /** The value as it stands; null while there is none. */
  read(): Value | null;
  set(value: Value): void;
}
