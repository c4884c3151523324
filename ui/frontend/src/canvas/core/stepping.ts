/** One step of training taken apart, as `runtime/insight/stepping.py` tells it: its moments, in words and as marks on the graph. */

import type { SeenTensor } from "./glimpse";
import { type Graph, type Kind, TRAINING } from "./types";

/** A parameter that a backward pass reached, or an update moved; no size where nothing did, or where it is not finite. */
export interface Touched {
  readonly network: string;
  readonly name: string;
  readonly count: number;
  readonly reached: boolean;
  readonly size: number | null;
}

export interface Moment {
  readonly does: "evaluate" | "measure" | "backward" | "update";
  readonly node: string;
  /** The order of the updaters that it is done for. */
  readonly stage: number;
  readonly records: boolean;
  readonly again: boolean;
  readonly network: string;
  readonly mode: string;
  readonly outputs: readonly SeenTensor[];
  readonly path: readonly string[];
  readonly stops: readonly string[];
  readonly through: readonly string[];
  readonly touched: readonly Touched[];
}

export interface Walk {
  readonly moments: readonly Moment[];
  readonly samples: number;
  readonly weights: string;
}

/** What the canvas knows of a step, and the moment of it that is looked at. */
export interface Stepping {
  readonly walk: Walk | undefined;
  readonly at: number;
  readonly fault: string | undefined;
  readonly isBusy: boolean;
}

/** The moment that is looked at, while the training graph is. */
export const momentOf = ({ stepping, path }: { stepping: Stepping | undefined; path: string }): Moment | undefined =>
  path === TRAINING ? stepping?.walk?.moments[stepping.at] : undefined;

/** What is done, in a few words. */
export function nameMoment({ does, node, network, again, touched }: Moment): string {
  const told = node + (network && network !== node ? ` (${network})` : "");
  if (does === "evaluate") return again ? `${told} again` : told;
  if (does === "measure") return `measure ${node}`;
  const networks = [...new Set(touched.map((one) => one.network))].join(", ");
  return does === "backward" ? `gradients for ${networks || node}` : `${node} changes ${networks}`;
}

/** What there is to know of it, in sentences. */
export function tellMoment(moment: Moment): string[] {
  if (moment.does === "evaluate") return tellEvaluation(moment);
  if (moment.does === "measure") return ["The metric is given this batch. What it says is told when the epoch ends."];
  if (moment.does === "backward") return tellBackward(moment);
  const moved = moment.touched.filter((one) => one.reached);
  return [`${countWeights(moved)} change. Everything that depends on them is computed anew when it is needed again.`];
}

function tellEvaluation({ again, records, mode, network }: Moment): string[] {
  const told = again ? ["Computed a second time: a network that it depends on has changed since."] : [];
  if (network) told.push(mode === "train" ? `${network} is called as in training.` : `${network} is called at rest.`);
  told.push(records ? "Its history is kept, for gradients to run back." : "No gradient will run through it.");
  return told;
}

function tellBackward({ path, stops, through, touched }: Moment): string[] {
  const told = [`Gradients run back through ${path.length} ${path.length === 1 ? "node" : "nodes"}.`];
  if (stops.length > 0) told.push(`They stop at ${stops.join(", ")}.`);
  if (through.length > 0) told.push(`They pass through ${through.join(", ")} and change nothing there.`);
  const missed = touched.filter((one) => !one.reached);
  if (missed.length > 0) told.push(`${countWeights(missed)} are not reached.`);
  return told;
}

/** Weights in words: `3 tensors, 1,234 numbers`. */
export function countWeights(touched: readonly Touched[]): string {
  const numbers = touched.reduce((sum, one) => sum + one.count, 0);
  return `${touched.length} ${touched.length === 1 ? "tensor" : "tensors"} of ${numbers.toLocaleString("en")} numbers`;
}

export type Mark = "now" | "path" | "stop";

/** How a node is marked at a moment. */
export function markNode(moment: Moment | undefined, id: string): Mark | undefined {
  if (!moment) return undefined;
  if (moment.node === id) return "now";
  if (moment.stops.includes(id)) return "stop";
  return moment.path.includes(id) ? "path" : undefined;
}

/** Whether something runs along a link at a moment: a value on its way in, or gradients on their way back. */
export function markLink(moment: Moment | undefined, source: string, target: string): "in" | "back" | undefined {
  if (!moment) return undefined;
  if (moment.does !== "backward") return moment.node === target ? "in" : undefined;
  const runs = moment.path.includes(source) && (moment.path.includes(target) || moment.node === target);
  return runs ? "back" : undefined;
}

/** The place of each updater among the turns of a step, from 1; nothing where all take their turn at once. */
export function findTurns(graph: Graph, kinds: readonly Kind[]): ReadonlyMap<string, number> {
  const usual = new Map(kinds.map((kind) => [kind.kind, kind.schema.properties]));
  const orders = graph.nodes.flatMap(({ id, kind, params, bypassed }) => {
    const known = usual.get(kind);
    if (bypassed || !known?.order || !known.networks) return [];
    const order = params.order ?? known.order.default;
    return typeof order === "number" ? [[id, order] as const] : [];
  });
  const different = [...new Set(orders.map(([, order]) => order))].sort((a, b) => a - b);
  if (different.length < 2) return new Map();
  return new Map(orders.map(([id, order]) => [id, different.indexOf(order) + 1]));
}
