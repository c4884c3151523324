/** A run as it went: how every node did at each look, what its doctor found, what was kept when. `runtime/runs/film.py`. */

import type { Severity, Step } from "./types";

/** Where a node stands that was looked at: the network that is trained, the way into its blocks, the graph, its id. */
export interface LookedAt {
  readonly network: string;
  /** Its name among the weights: `layer1.0.conv1`. */
  readonly name: string;
  readonly graph: string;
  readonly node: string;
  readonly trail: readonly Step[];
  readonly kind: string;
}

type Fact = number | null;

/** What was measured at a node; null where it was not, or is no finite number. */
export type Row = readonly [
  update: Fact,
  gradient: Fact,
  silent: Fact,
  saturated: Fact,
  deviation: Fact,
  zeros: Fact,
  isFaulty: boolean,
];

export interface Look {
  readonly step: number;
  /** A row for each place of the film; undefined where a place was not looked at. */
  readonly rows: readonly (Row | undefined)[];
}

export interface Diagnosis {
  readonly key: string;
  readonly first_step: number;
  readonly last_step: number;
  readonly is_open: boolean;
  readonly finding: {
    readonly code: string;
    readonly severity: Severity;
    readonly message: string;
    readonly graph: string;
    readonly node: string | null;
    /** The way to the use of a block that shows it; where none is told, every use does. */
    readonly trail?: readonly Step[];
  };
}

export interface Sample {
  readonly id: number;
  readonly node: string;
  readonly step: number;
}

export interface Checkpoint {
  readonly name: string;
  readonly step: number;
  readonly is_best: boolean;
}

export interface Curve {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

interface Progress {
  readonly step: number;
  readonly steps: number;
}

/** From where on the doctor worries about a node; about its updates only once so many steps are proven. */
export interface Limits {
  readonly silent: number;
  readonly large: number;
  readonly small: number;
  readonly proven: number;
}

interface Common {
  readonly run: string;
  readonly name: string;
  readonly status: string;
  readonly plotly: string;
  readonly limits: Limits;
  readonly progress: Progress | null;
  readonly ended: { readonly reason: string } | null;
  readonly diagnoses: readonly Diagnosis[];
  readonly samples: readonly Sample[];
  readonly checkpoints: readonly Checkpoint[];
  readonly loss: Curve | null;
  /** The number of the last look. */
  readonly last: number;
  readonly places: readonly LookedAt[];
}

/** What the server tells: the looks that are new, each with rows that begin with the place they are of. */
export interface FilmNews extends Common {
  readonly looks: readonly { readonly step: number; readonly values: readonly (readonly [number, ...Row])[] }[];
}

export interface Film extends Common {
  readonly looks: readonly Look[];
}

/** More looks than the server keeps of a run: who watches one for hours forgets every other of the earlier ones. */
export const MOST_LOOKS = 160;
const MOST_POINTS = 1200;

/** What was known, and what is new. */
export function joinFilm(film: Film | undefined, news: FilmNews): Film {
  const known = film?.run === news.run ? film : undefined;
  const places = [...(known?.places ?? [])];
  const numbers = new Map(places.map((place, number) => [keyOf(place), number]));
  const here = news.places.map((place) => {
    const number = numbers.get(keyOf(place)) ?? places.push(place) - 1;
    numbers.set(keyOf(place), number);
    return number;
  });
  const fresh = news.looks.map(({ step, values }): Look => {
    const rows = new Array<Row | undefined>(places.length);
    for (const [place, ...row] of values) rows[here[place] as number] = row;
    return { step, rows };
  });
  const first = fresh[0]?.step ?? Number.POSITIVE_INFINITY;
  // A run that was resumed looks again at steps that were seen before: what is newer counts.
  const before = (known?.looks ?? []).filter((look) => look.step < first);
  const same = known && known.places.length === places.length ? known.places : places;
  return {
    ...news,
    places: same,
    looks: thin([...before, ...fresh], MOST_LOOKS),
    loss: joinCurve(known?.loss, news.loss),
  };
}

const keyOf = (place: LookedAt) => `${place.network} ${place.name}`;

function joinCurve(curve: Curve | null | undefined, news: Curve | null): Curve | null {
  if (!curve || !news) return news ?? curve ?? null;
  const first = news.steps[0] ?? Number.POSITIVE_INFINITY;
  const kept = curve.steps.findLastIndex((step) => step < first) + 1;
  const points = [
    ...curve.steps.slice(0, kept).map((step, place) => [step, curve.values[place] ?? null] as const),
    ...news.steps.map((step, place) => [step, news.values[place] ?? null] as const),
  ];
  const few = thin(points, MOST_POINTS);
  return { name: news.name, steps: few.map(([step]) => step), values: few.map(([, value]) => value) };
}

/** Of too many every other of the earlier half goes. */
function thin<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  const half = Math.floor(items.length / 2);
  return [...items.slice(0, half).filter((_, place) => place % 2 === 0), ...items.slice(half)];
}

/** Every step at which there is something to see: looks, samples and checkpoints, in order. */
export function momentsOf(film: Film): number[] {
  const steps = [film.looks, film.samples, film.checkpoints].flatMap((items) => items.map(({ step }) => step));
  return [...new Set(steps)].sort((a, b) => a - b);
}

/** The place among moments that is at a step, or the last one before it. */
export const placeOf = (moments: readonly number[], step: number): number =>
  Math.max(
    0,
    moments.findLastIndex((moment) => moment <= step),
  );

/** The number of the look that shows a step: the last one until then, before the first one that. */
export const lookAt = (film: Film, step: number): number =>
  film.looks.length === 0
    ? -1
    : Math.max(
        0,
        film.looks.findLastIndex((look) => look.step <= step),
      );

/** What the doctor found at a step. */
export const diagnosesAt = (film: Film, step: number): Diagnosis[] =>
  film.diagnoses.filter((one) => one.first_step <= step && (one.is_open || step <= one.last_step));

/** The last sample of each preview until a step; before the first one that. */
export function samplesAt(film: Film, step: number): Sample[] {
  const shown = new Map<string, Sample>();
  for (const sample of film.samples) if (sample.step <= step || !shown.has(sample.node)) shown.set(sample.node, sample);
  return [...shown.values()];
}

/** The loss at a step, or the last one before it. */
export function lossAt({ loss }: Film, step: number): number | null {
  const place = loss?.steps.findLastIndex((one) => one <= step) ?? -1;
  return loss?.values[place] ?? null;
}

export const isOver = (film: Film): boolean => !["queued", "running"].includes(film.status);

const short = (step: number) => step.toLocaleString("en");

/** `step 1,240 of 6,000, loss 0.312`. */
export function tellStep(film: Film, step: number): string {
  const loss = lossAt(film, step);
  const of = film.progress ? ` of ${short(film.progress.steps)}` : "";
  return `step ${short(step)}${of}${loss === null ? "" : `, ${film.loss?.name.replaceAll("_", " ")} ${Number(loss.toPrecision(3))}`}`;
}

/** What was kept at a step, in words. */
export function tellKept(film: Film, step: number): string {
  const kept = film.checkpoints.find((one) => one.step === step);
  return kept ? (kept.is_best ? "best checkpoint" : "checkpoint") : "";
}
