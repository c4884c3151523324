/** A picture that a network makes as its answer, between what it saw and what is true. */

import { h } from "./dom";

/** Whether a value of the data is a picture. */
export function isPicture(value: unknown): value is { picture: string } {
  return typeof value === "object" && value !== null && "picture" in value;
}

/** What the network saw, what it makes of it, and the truth where it is known. */
export function drawMade(seen: string | undefined, made: string, truth: string | null, step: number): HTMLElement {
  const shown: [string | null | undefined, string][] = [[seen, "seen"], [made, "made"], [truth, "true"]];
  const figures = shown.filter(([data]) => data).map(([data, name]) => h("div", { class: "ll-image" }, h("img", { src: `data:image/png;base64,${data}`, alt: name }), h("span", {}, name)));
  return h("div", {}, h("div", { class: "ll-made" }, ...figures), h("div", { class: "ll-answer-head" }, h("span", { class: "ll-at" }, `step ${step.toLocaleString("en")}`)));
}
