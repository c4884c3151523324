/** Undo and redo over whole documents. Documents share what they have in common, so a step costs what it changed. */

import { type Patch, applyPatch, findPatch } from "./patch";

export interface Step<T> {
  readonly document: T;
  readonly label: string;
  /** Where the step happened, so that undo takes the eye there. */
  readonly graph: string;
}

export interface History<T> {
  readonly past: readonly Step<T>[];
  readonly present: T;
  readonly future: readonly Step<T>[];
}

export const LONGEST = 200;

export function startHistory<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

/** Take a step. Steps of the same `merge` key that follow each other (typing a number, nudging) become one. */
export function takeStep<T>(history: History<T>, present: T, label: string, graph: string, joins = false): History<T> {
  if (present === history.present) return history;
  const step = { document: history.present, label, graph };
  const past = joins && history.past.length > 0 ? history.past : [...history.past, step].slice(-LONGEST);
  return { past, present, future: [] };
}

export function undo<T>(history: History<T>): History<T> {
  const step = history.past.at(-1);
  if (!step) return history;
  const future = [{ ...step, document: history.present }, ...history.future];
  return { past: history.past.slice(0, -1), present: step.document, future };
}

export function redo<T>(history: History<T>): History<T> {
  const [step, ...future] = history.future;
  if (!step) return history;
  return { past: [...history.past, { ...step, document: history.present }], present: step.document, future };
}

/** A history as text: the document of now, and each step as the patch that leads there from the one beside it. */
export function packHistory<T>(history: History<T>): string {
  const { past, present, future } = history;
  let beside = present;
  const pack = (step: Step<T>) => {
    const patch = findPatch(beside, step.document) ?? null;
    beside = step.document;
    return { label: step.label, graph: step.graph, patch };
  };
  const before = past.toReversed().map(pack);
  beside = present;
  return JSON.stringify({ present, before, after: future.map(pack) });
}

interface PackedStep {
  readonly label: string;
  readonly graph: string;
  readonly patch: Patch | null;
}

/** The history that a text holds. Throws where it holds none. */
export function unpackHistory<T>(text: string): History<T> {
  const { present, before, after } = JSON.parse(text) as { present: T; before: PackedStep[]; after: PackedStep[] };
  const unpack = (steps: readonly PackedStep[]): Step<T>[] => {
    let beside: unknown = present;
    return steps.map(({ label, graph, patch }) => {
      beside = patch ? applyPatch(beside, patch) : beside;
      return { label, graph, document: beside as T };
    });
  };
  return { past: unpack(before).reverse(), present, future: unpack(after) };
}
