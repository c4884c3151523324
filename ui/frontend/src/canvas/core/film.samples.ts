/** A film for the tests: a run of the project of `blocks.samples.ts`, in which a layer of the second turn of a block dies. */

import { type Diagnosis, type Film, type FilmNews, type LookedAt, joinFilm } from "./film";
import type { Step } from "./types";

export const TRAIL: readonly Step[] = [["networks.model", "stage", 1]];

const place = (node: string, kind: string, turn?: number): LookedAt =>
  turn === undefined
    ? { network: "model", name: node, graph: "networks.model", node, trail: [], kind }
    : {
        network: "model",
        name: `stage.${turn}.${node}`,
        graph: "networks.unit",
        node,
        trail: [["networks.model", "stage", turn]],
        kind,
      };

export const PLACES: readonly LookedAt[] = [
  place("conv1", "Conv2d"),
  place("relu1", "ReLU"),
  place("conv", "Conv2d", 0),
  place("conv", "Conv2d", 1),
];

export const look = (step: number, updates: readonly number[], silent = 0): FilmNews["looks"][number] => ({
  step,
  values: PLACES.map((one, number) =>
    one.kind === "ReLU"
      ? [number, null, null, silent, null, 1, silent, false]
      : [number, updates[number] ?? 0, 1, null, null, 1, 0, false],
  ),
});

export const sick = (
  node: string,
  graph: string,
  part: Partial<Diagnosis> = {},
  trail?: readonly Step[],
): Diagnosis => ({
  key: `D001 ${graph} ${node}`,
  first_step: 100,
  last_step: 200,
  is_open: false,
  finding: { code: "D001", severity: "warning", message: `${node} dies.`, graph, node, ...(trail ? { trail } : {}) },
  ...part,
});

export const news = (part: Partial<FilmNews> = {}): FilmNews => ({
  run: "one",
  name: "One",
  status: "running",
  plotly: "/plotly.js",
  limits: { silent: 0.6, large: 0.1, small: 1e-6, proven: 100 },
  progress: { step: 300, steps: 6000 },
  ended: null,
  diagnoses: [],
  samples: [],
  checkpoints: [],
  loss: { name: "loss", steps: [1, 100, 300], values: [2.3, 1.25, 0.3125] },
  last: 3,
  places: PLACES,
  looks: [look(1, [0.1, 0, 0.1, 0.1]), look(100, [0.01, 0, 0.01, 0.001], 0.4), look(300, [0.0012, 0, 0.01, 0], 0.8)],
  ...part,
});

export const film = (part: Partial<FilmNews> = {}): Film => joinFilm(undefined, news(part));
