/** A mask that a network finds in a picture: over the picture, beside the true one, with the names of its colours. */

import { h } from "./dom";
import { formatShare } from "./words";

export interface Masked {
  /** The mask alone, and over the picture; the true one over it, where that is known. As PNG. */
  mask: string;
  overlay: string;
  truth: string | null;
  /** Intersection over union of the one thing, or the mean over classes; null where the truth is not known. */
  overlap: number | null;
  classes: { name: string; colour: string; share: number; overlap: number | null }[];
}

export function drawMasked(found: Masked, step: number): HTMLElement {
  const shown: [string | null, string][] = [[found.overlay, "found"], [found.truth, "true"]];
  const figures = shown.map(([data, name]) => (data ? h("div", { class: "ll-image" }, h("img", { src: `data:image/png;base64,${data}`, alt: `${name} mask over the picture` }), h("span", {}, name)) : null));
  const save = h("a", { href: `data:image/png;base64,${found.mask}`, download: "mask.png", title: "A picture whose pixels are the numbers of the classes" }, "Save the mask");
  const head = h("div", { class: "ll-answer-head" }, ...tellOverlap(found.overlap), save, h("span", { class: "ll-at" }, `step ${step.toLocaleString("en")}`));
  return h("div", {}, h("div", { class: "ll-masked" }, ...figures), head, h("ul", { class: "ll-pixels" }, ...found.classes.map(drawClass)));
}

function tellOverlap(overlap: number | null): HTMLElement[] {
  if (overlap === null) return [];
  return [h("strong", {}, overlap.toFixed(2)), h("span", { title: "Intersection over union: pixels in both masks over pixels in either" }, "IoU")];
}

/** A class with its colour, its share of the picture, and how well it is covered where that is known. */
function drawClass({ name, colour, share, overlap }: Masked["classes"][number], number: number): HTMLElement {
  const swatch = h("b", { style: `background: ${number ? colour : "transparent"}` });
  const told = overlap === null ? formatShare(share) : `${formatShare(share)} · IoU ${overlap.toFixed(2)}`;
  return h("li", {}, swatch, h("span", {}, name), h("i", { style: `--part: ${share}` }), h("span", {}, told));
}
