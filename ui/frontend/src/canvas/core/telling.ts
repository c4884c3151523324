/** What happened, as a sentence for somebody who does not see the canvas. */

import type { History, Step } from "./history";
import type { Analysis, Severity } from "./types";

const PAST: Readonly<Record<string, string>> = {
  add: "Added",
  align: "Aligned",
  bypass: "Bypassed, or back in:",
  connect: "Connected",
  cut: "Cut",
  delete: "Deleted",
  describe: "Described",
  detach: "Detached",
  disconnect: "Disconnected",
  distribute: "Distributed",
  duplicate: "Duplicated",
  insert: "Inserted",
  move: "Moved",
  nudge: "Moved",
  paste: "Pasted",
  remove: "Removed",
  rename: "Renamed",
  replace: "Replaced",
  reset: "Reset",
  resize: "Resized",
  set: "Set",
  splice: "Spliced in",
  unpack: "Unpacked",
};

/** `delete conv1` becomes `Deleted conv1`. */
export function tellLabel(label: string): string {
  const [verb = "", ...rest] = label.split(" ");
  const done = PAST[verb];
  return done ? [done, ...rest].join(" ") : `Done: ${label}`;
}

/** What a change of the history was: a step, a step taken back, a step taken again. */
export function tellStep<T>(before: History<T>, after: History<T>): string | undefined {
  if (before === after || before.present === after.present) return undefined;
  const undone: Step<T> | undefined = after.future[0];
  if (undone?.document === before.present) return `Undone: ${undone.label}`;
  const last = after.past.at(-1);
  if (before.future[0]?.document === after.present && last) return `Done again: ${last.label}`;
  return last ? tellLabel(last.label) : undefined;
}

const WORDS: readonly (readonly [Severity, string, string])[] = [
  ["error", "error", "errors"],
  ["warning", "warning", "warnings"],
  ["advice", "hint", "hints"],
];

/** How much there is to mend: `1 error, 2 hints`. */
export function tellFindings(analysis: Analysis): string {
  const parts = WORDS.flatMap(([severity, one, many]) => {
    const count = analysis.findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${count === 1 ? one : many}`] : [];
  });
  return parts.join(", ") || "Nothing to mend";
}
