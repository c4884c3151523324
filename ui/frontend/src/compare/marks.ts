/** The look of a run outside the curves: a piece of its line with its mark. */

import type { Look } from "./types";

const DASHES: Record<string, string> = { solid: "", dash: "6 3", dot: "2 2.5", dashdot: "7 2.5 2 2.5" };

const SHAPES: Record<string, string> = {
  circle: "M16 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6z",
  square: "M13 5h6v6h-6z",
  diamond: "M16 4l4 4l-4 4l-4-4z",
  "triangle-up": "M16 4l4 7h-8z",
  cross: "M15 4h2v3h3v2h-3v3h-2v-3h-3v-2h3z",
  x: "M13.4 4l2.6 2.6L18.6 4L20 5.4L17.4 8L20 10.6L18.6 12L16 9.4L13.4 12L12 10.6L14.6 8L12 5.4z",
  star: "M16 3.5l1.3 3h3.2l-2.6 2l1 3.2l-2.9-1.9l-2.9 1.9l1-3.2l-2.6-2h3.2z",
};

const SVG = "http://www.w3.org/2000/svg";

export function drawMark({ line, marker }: Look): SVGSVGElement {
  const picture = make("svg", { viewBox: "0 0 32 16", width: "32", height: "16", class: "ll-mark", "aria-hidden": "true" });
  const stroke = { stroke: line.color, "stroke-width": "2", "stroke-dasharray": DASHES[line.dash] ?? "" };
  picture.append(make("path", { d: "M1 8H31", fill: "none", ...stroke }));
  picture.append(make("path", { d: SHAPES[marker.symbol] ?? "", fill: line.color }));
  return picture as SVGSVGElement;
}

function make(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
