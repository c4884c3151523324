/** Several numbers as an answer: the values of a category in their order, and the next values of a series. */

import { h } from "./dom";
import { formatValue } from "./words";

const MOST_LISTED = 4;

/** The values of a category that come out highest, each with a bar. */
export function drawRanking(ranked: readonly [string, number][], target: string, step: number): HTMLElement {
  const highest = Math.max(...ranked.map(([, value]) => Math.abs(value)), Number.MIN_VALUE);
  const rows = ranked.map(([name, value]) =>
    h("li", {}, h("span", { title: name }, name), h("i", { style: `--part: ${Math.max(0, value) / highest}` }), h("span", {}, formatValue(value))),
  );
  const head = h("div", { class: "ll-answer-head" }, h("span", {}, target), h("span", { class: "ll-at" }, `step ${step.toLocaleString("en")}`));
  return h("div", {}, head, h("ul", { class: "ll-ranking" }, ...rows));
}

/** Numbers with commas between them; of many only the first and the last. */
export function listValues(values: readonly number[]): string {
  if (values.length <= MOST_LISTED) return values.map(formatValue).join(", ");
  return `${formatValue(values[0] ?? 0)} … ${formatValue(values[values.length - 1] ?? 0)}`;
}
