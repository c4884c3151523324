/** How the nodes of a graph do in a run: what of a film is about which node, and the worst of what lies inside a block. */

import { networksOf } from "./blocks/repetitions";
import { type Diagnosis, type Film, type Limits, type LookedAt, type Row, diagnosesAt, lookAt } from "./film";
import { namedNetwork } from "./renaming";
import { type Graph, type GraphNode, type Step, TRAINING } from "./types";

export type Health = "fine" | "watch" | "sick";

export interface Vital {
  readonly health: Health;
  /** One number, such as `0.12%` or `38% dead`; empty where none says anything of such a node. */
  readonly label: string;
  /** What is wrong, else what the number means. */
  readonly told: string;
  /** The number over the last looks, as an outline in a box of 36 by 10; empty where it was seen but once. */
  readonly trace: string;
}

/** What is looked at: a graph of the run, the way that led into it, and how its nodes are called on the canvas. */
export interface Sight {
  readonly graph: Graph;
  readonly path: string;
  readonly trail: readonly Step[];
  /** How nodes are called in the run by what they are called here; undefined where all bear their own names. */
  readonly names?: ReadonlyMap<string, string> | undefined;
}

const TRACED = 24;

/** The state of every node at a step; nodes that the run did not look at have none. */
export function findVitals(film: Film, step: number, sight: Sight): Map<string, Vital> {
  const found = new Map<string, Vital>();
  const at = lookAt(film, step);
  const sick = diagnosesAt(film, step);
  const index = new PlaceIndex(film.places);
  for (const node of sight.graph.nodes) {
    const id = sight.names ? sight.names.get(node.id) : node.id;
    if (id === undefined) continue;
    const places = index.find({ ...node, id }, sight);
    const sentences = sentencesOf(film, sick, places, sight, id);
    if (places.length > 0 && at >= 0) found.set(node.id, describe(film, at, places, sentences));
    else if (sentences.length > 0) found.set(node.id, { ...judge(sentences), label: "", trace: "" });
  }
  return found;
}

/** The places that a node stands for: its own, or all that lie inside of it, by their numbers. */
export function placesOf(film: Film, node: GraphNode, sight: Sight): number[] {
  return new PlaceIndex(film.places).find(node, sight);
}

const writeTrail = (trail: readonly Step[]) => JSON.stringify(trail);

class PlaceIndex {
  private readonly own = new Map<string, number[]>();
  private readonly inside = new Map<string, number[]>();
  private readonly networks = new Map<string, number[]>();

  constructor(private readonly places: readonly LookedAt[]) {
    places.forEach((place, number) => {
      push(this.own, `${place.graph} ${place.node} ${writeTrail(place.trail)}`, number);
      push(this.networks, place.network, number);
      // A place lies inside every block on the way to it.
      place.trail.forEach(([graph, block], depth) =>
        push(this.inside, `${graph} ${block} ${writeTrail(place.trail.slice(0, depth))}`, number),
      );
    });
  }

  find(node: GraphNode, { path, trail }: Sight): number[] {
    if (path === TRAINING) return node.kind === "Network" ? (this.networks.get(String(namedNetwork(node))) ?? []) : [];
    const key = `${path} ${node.id} ${writeTrail(trail)}`;
    const inside = networksOf(node).length > 0 ? this.inside.get(key) : undefined;
    const own = (this.own.get(key) ?? []).filter((number) => this.places[number]?.kind === node.kind);
    return inside ?? own;
  }
}

function push(lists: Map<string, number[]>, key: string, number: number): void {
  const list = lists.get(key);
  if (list) list.push(number);
  else lists.set(key, [number]);
}

interface Sentence {
  readonly health: Health;
  readonly text: string;
}

/** What the doctor says of a node and of what lies inside of it. */
function sentencesOf(
  film: Film,
  sick: readonly Diagnosis[],
  numbers: readonly number[],
  { path, trail }: Sight,
  id: string,
): Sentence[] {
  if (sick.length === 0) return [];
  const uses = new Map<string, Set<string>>();
  const add = (graph: string, node: string, way: readonly Step[]) => {
    const key = `${graph} ${node}`;
    uses.set(key, (uses.get(key) ?? new Set()).add(writeTrail(way)));
  };
  add(path, id, path === TRAINING ? [] : trail);
  for (const number of numbers) {
    const place = film.places[number];
    if (place) add(place.graph, place.node, place.trail);
  }
  return sick.flatMap(({ finding }): Sentence[] => {
    const seen = uses.get(`${finding.graph} ${finding.node}`);
    if (!seen) return [];
    if (finding.trail && !seen.has(writeTrail(finding.trail)))
      return [{ health: "watch", text: `Another use of this block: ${finding.message}` }];
    return [{ health: finding.severity === "advice" ? "watch" : "sick", text: finding.message }];
  });
}

const RANK: readonly Health[] = ["fine", "watch", "sick"];

export const worstOf = (all: Iterable<Health>): Health =>
  [...all].reduce<Health>((worst, one) => (RANK.indexOf(one) > RANK.indexOf(worst) ? one : worst), "fine");

function judge(sentences: readonly Sentence[]): { health: Health; told: string } {
  const graver = [...sentences].sort((a, b) => RANK.indexOf(b.health) - RANK.indexOf(a.health));
  return { health: worstOf(sentences.map((one) => one.health)), told: graver.map((one) => one.text).join("\n\n") };
}

const NO_NUMBER = "Some of its numbers are not finite any more: they overflowed, or came from one that did.";

function describe(film: Film, at: number, numbers: readonly number[], sentences: readonly Sentence[]): Vital {
  const rows = rowsOf(film, at, numbers);
  const faults: Sentence[] = rows.some((row) => row[6]) ? [{ health: "sick", text: NO_NUMBER }] : [];
  const { health, told } = judge([...sentences, ...faults]);
  const isWorrying = rows.some((row) => isBeyond(row, film.looks[at]?.step ?? 0, film.limits));
  const measure = MEASURES.find((one) => rows.some((row) => row[one.fact] !== null));
  const value = measure && summarise(rows, measure);
  const label = measure && value !== undefined ? measure.label(value) : "";
  const meaning = measure && value !== undefined ? measure.meaning(value, numbers.length > 1) : "";
  return {
    health: worstOf([health, isWorrying ? "watch" : "fine"]),
    label,
    told: [told, meaning].filter(Boolean).join("\n\n") || "Nothing stands out.",
    trace: measure ? trace(film, at, numbers, measure) : "",
  };
}

/** Whether a number is one that the doctor worries about. It takes several looks before it says so. */
function isBeyond([update, , silent]: Row, step: number, limits: Limits): boolean {
  if (silent !== null && silent >= limits.silent) return true;
  return update !== null && step >= limits.proven && (update > limits.large || update < limits.small);
}

const rowsOf = (film: Film, at: number, numbers: readonly number[]): Row[] =>
  numbers.map((number) => film.looks[at]?.rows[number]).filter((row) => row !== undefined);

interface Measure {
  readonly fact: 0 | 2 | 3 | 4;
  readonly isLogarithmic: boolean;
  readonly label: (value: number) => string;
  readonly meaning: (value: number, isMany: boolean) => string;
}

/** `0.12%`, `3.4%`, `38%`. */
export function formatShare(value: number): string {
  const percent = 100 * value;
  if (percent === 0 || percent >= 10) return `${Math.round(percent)}%`;
  return percent < 0.001 ? "<0.001%" : `${Number(percent.toPrecision(2))}%`;
}

/** The number that says most of a node: the first that was measured. */
const MEASURES: readonly Measure[] = [
  {
    fact: 2,
    isLogarithmic: false,
    label: (value) => `${formatShare(value)} dead`,
    meaning: (value) => `${formatShare(value)} of its units did not fire once in the batch.`,
  },
  {
    fact: 3,
    isLogarithmic: false,
    label: (value) => `${formatShare(value)} flat`,
    meaning: (value) => `${formatShare(value)} of what comes out lies where the activation is flat.`,
  },
  {
    fact: 0,
    isLogarithmic: true,
    label: formatShare,
    meaning: (value, isMany) =>
      `A step changes ${isMany ? "the weights of its middle layer" : "its weights"} by ${formatShare(value)} of their size.`,
  },
  {
    fact: 4,
    isLogarithmic: true,
    label: () => "",
    meaning: (value) => `What comes out has a standard deviation of ${Number(value.toPrecision(3))}.`,
  },
];

/** Of several nodes the middle one's update; of dead or flat ones the worst. */
function summarise(rows: readonly Row[], { fact }: Measure): number | undefined {
  const values = rows.flatMap((row) => row[fact] ?? []).sort((a, b) => a - b);
  return fact === 0 || fact === 4 ? values[Math.floor((values.length - 1) / 2)] : values.at(-1);
}

const [WIDE, HIGH] = [36, 10];

/** The measure over the last looks until one. */
function trace(film: Film, at: number, numbers: readonly number[], measure: Measure): string {
  const first = Math.max(0, at + 1 - TRACED);
  const values: number[] = [];
  for (let look = first; look <= at; look++) {
    const value = summarise(rowsOf(film, look, numbers), measure);
    if (value !== undefined) values.push(measure.isLogarithmic ? Math.log10(Math.max(value, 1e-12)) : value);
  }
  if (values.length < 2) return "";
  const [low, high] = measure.isLogarithmic ? widen(Math.min(...values), Math.max(...values)) : [0, 1];
  const point = (value: number, place: number) => {
    const y = HIGH - 1 - ((value - low) / (high - low)) * (HIGH - 2);
    return `${((place / (values.length - 1)) * WIDE).toFixed(1)} ${y.toFixed(1)}`;
  };
  return `M${values.map(point).join("L")}`;
}

/** What hardly changes is drawn as a line that hardly changes: at least a factor of ten fills the height. */
function widen(low: number, high: number): [number, number] {
  const more = Math.max(0, 1 - (high - low)) / 2;
  return [low - more, high + more];
}
