/** What networks write: texts that go on from a prompt, and translations with the words that each word looked at. */

import { h } from "./dom";
import type { ContinuationPayload, Translated, TranslationsPayload } from "./types";
import { formatShare } from "./words";

export function drawContinuation(payload: ContinuationPayload): HTMLElement {
  const texts = payload.texts.map((text, place) => h("p", { class: "ll-written", dir: "auto" }, h("b", {}, payload.prompts[place] ?? ""), text));
  const how = payload.temperature ? `temperature ${payload.temperature}${payload.top_k ? `, of the ${payload.top_k} likeliest` : ""}` : "always the likeliest";
  return h("div", { class: "ll-writings", tabindex: "0" }, ...texts, h("p", { class: "ll-note" }, how));
}

export function drawTranslations(payload: TranslationsPayload): HTMLElement {
  return h("div", { class: "ll-translations", tabindex: "0" }, ...payload.rows.map((row) => drawTranslation(row, payload.joiner)));
}

/** A sentence, what it should have become, what became of it, and where the network looked at each word. */
export function drawTranslation(row: Translated, joiner: string): HTMLElement {
  const lines = [
    ["source", row.source],
    ["reference", row.reference],
    ["output", row.output],
  ] as const;
  const told = lines.flatMap(([name, words]) => (words === null ? [] : [h("dt", {}, name), h("dd", { dir: "auto" }, words.join(joiner) || "nothing")]));
  const figure = row.weights?.length && row.source.length ? drawAlignment(row.source, row.output, row.weights) : null;
  return h("article", { class: "ll-translation" }, h("dl", {}, ...told), figure);
}

/** Words of the output down, words of the source across; the darker, the more it was looked at. */
function drawAlignment(source: string[], output: string[], weights: number[][]): HTMLElement {
  const head = h("tr", {}, h("td", {}), ...source.map((word) => h("th", { scope: "col" }, h("span", {}, word))));
  const rows = output.map((word, place) => {
    const cells = source.map((other, at) => {
      const share = weights[place]?.[at] ?? 0;
      return h("td", { style: `--part: ${share.toFixed(3)}`, title: `${word} looked at ${other}: ${formatShare(share)}` });
    });
    return h("tr", {}, h("th", { scope: "row" }, word), ...cells);
  });
  const table = h("table", { class: "ll-alignment", "aria-label": "Attention of the output to the source" }, h("thead", {}, head), h("tbody", {}, ...rows));
  return h("details", {}, h("summary", {}, "Attention"), h("div", { class: "ll-scroll" }, table));
}
