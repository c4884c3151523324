/** Words with what a network made of them: shaded by how much they counted, or marked as the names that it found. */

import { choice, h } from "./dom";
import type { TaggedPayload, TextsPayload } from "./types";
import { formatShare } from "./words";

/** What the answer to a typed text says of its words. */
export interface Words {
  words: string[];
  gap: string;
  known: boolean[];
  influence: number[];
  attention: number[];
}

/** A stretch of words with one meaning; no kind where they are nothing special. */
export interface Stretch {
  kind: string | null;
  start: number;
  end: number;
}

const COLOURS = ["blue", "orange", "green", "violet", "red", "yellow"];
const KNOWN = ["PER", "ORG", "LOC", "MISC"];

/** Join words of one name: B-PER begins it, I-PER goes on, O is none; a tag of another form stands for its word alone. */
export function joinTags(tags: readonly string[]): Stretch[] {
  const found: Stretch[] = [];
  tags.forEach((tag, place) => {
    const [, mark, kind] = /^([BI])-(.+)$/.exec(tag) ?? [];
    const before = found.at(-1);
    const own = kind ?? (tag === "O" ? null : tag);
    const goesOn = before && before.kind === own && (own === null || mark === "I");
    if (goesOn) before.end = place + 1;
    else found.push({ kind: own, start: place, end: place + 1 });
  });
  return found;
}

export function drawTexts(payload: TextsPayload): HTMLElement {
  const rows = payload.texts.map((words, place) => {
    const weights = payload.weights?.[place];
    const most = Math.max(...(weights ?? []), 1e-9);
    const shown = words.flatMap((word, at) => [shade(word, (weights?.[at] ?? 0) / most, weights ? `looked at: ${formatShare(weights[at] ?? 0)}` : ""), payload.gap]);
    return h("li", payload.wrong?.[place] ? { class: "ll-wrong" } : {}, caption(payload, place), h("p", { dir: "auto" }, ...shown));
  });
  return h("ul", { class: "ll-texts", tabindex: "0" }, ...rows);
}

function caption(payload: TextsPayload, place: number): HTMLElement | null {
  const [predicted, truth, sure] = [payload.predicted?.[place], payload.truth?.[place], payload.confidence?.[place]];
  if (predicted === undefined) return truth === undefined ? null : h("div", {}, String(truth));
  const share = sure === undefined ? null : h("span", {}, formatShare(sure));
  if (!payload.wrong?.[place]) return h("div", {}, h("b", {}, String(predicted)), share);
  return h("div", {}, h("s", {}, String(predicted)), h("b", {}, `${truth ?? ""}`), share);
}

function shade(word: string, part: number, title: string): HTMLElement | string {
  return title ? h("span", { class: "ll-looked", style: `--part: ${part.toFixed(3)}`, title }, word) : word;
}

export function drawTagged(payload: TaggedPayload): HTMLElement {
  const rows = payload.texts.map((words, place) => h("li", {}, drawNames(words, payload.predicted[place] ?? [], payload.gap, payload.truth?.[place])));
  return h("ul", { class: "ll-texts", tabindex: "0" }, ...rows);
}

/** Words with the names in them marked by colour and by their kind in letters; where the truth differs, it is told. */
export function drawNames(words: string[], tags: string[], gap: string, truth?: string[], sureness?: number[]): HTMLElement {
  const line = h("p", { dir: "auto" });
  for (const { kind, start, end } of joinTags(tags)) {
    const inner = words.slice(start, end).flatMap((word, at) => [drawWord(word, start + at), at + start + 1 < end ? gap : ""]);
    line.append(...(kind === null ? inner : [h("mark", { class: "ll-name", style: `--own: var(--st-${colourOf(kind)}-color)` }, ...inner, h("small", {}, kind))]), gap);
  }
  return line;

  function drawWord(word: string, place: number): HTMLElement | string {
    const isWrong = truth && truth[place] !== tags[place];
    const sure = sureness?.[place] === undefined ? "" : `${tags[place]}, ${formatShare(sureness[place])} sure`;
    if (isWrong) return h("span", { class: "ll-mistaken", title: `predicted ${tags[place]}, true ${truth[place]}` }, word);
    return sure ? h("span", { title: sure }, word) : word;
  }
}

function colourOf(kind: string): string {
  const place = KNOWN.indexOf(kind);
  const letters = [...kind].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return COLOURS[place >= 0 ? place : letters % COLOURS.length] ?? "gray";
}

/** The words of a typed text: what each did to the answer, or how much it was looked at where the network tells. */
export class JudgedWords {
  readonly element = h("div", { class: "ll-judged" });
  private shows: "influence" | "attention" = "influence";

  show(words: Words, label: string): void {
    const both = words.influence.length && words.attention.length;
    if (!words.influence.length && words.attention.length) this.shows = "attention";
    const options = [["influence", "left out"], ["attention", "attention"]] as const;
    const head = both ? choice("What the shades say", options, this.shows, (value) => ((this.shows = value), this.show(words, label))) : null;
    const values = words[this.shows];
    this.element.replaceChildren(...[head, this.draw(words, values, label), values.length ? this.explain(label) : null].filter((each) => each !== null));
  }

  private draw(words: Words, values: number[], label: string): HTMLElement {
    const most = Math.max(...values.map(Math.abs), 0.02);
    const shown = words.words.flatMap((word, place) => {
      const value = values[place];
      const known = words.known[place] === false ? { "data-unknown": "" } : {};
      const title = [value === undefined ? "" : this.tell(value, label), words.known[place] === false ? "the network has never met this word" : ""].filter(Boolean).join("; ");
      const side = value !== undefined && value < 0 ? "ll-looked ll-against" : "ll-looked";
      return [h("span", { class: side, style: `--part: ${(Math.abs(value ?? 0) / most).toFixed(3)}`, title, ...known }, word), words.gap];
    });
    return h("p", { dir: "auto" }, ...shown);
  }

  private tell(value: number, label: string): string {
    if (this.shows === "attention") return `looked at: ${formatShare(value)}`;
    return `speaks ${value < 0 ? "against" : "for"} ${label}: without it ${formatShare(Math.abs(value))} ${value < 0 ? "more" : "less"} sure`;
  }

  private explain(label: string): HTMLElement {
    if (this.shows === "attention") return h("p", { class: "ll-key-line" }, "Shaded: how much the network looked at a word.");
    const keys = [h("span", { class: "ll-looked", style: "--part: 0.8" }, "for"), ` ${label}, `, h("span", { class: "ll-looked ll-against", style: "--part: 0.8" }, "against"), " it: by how much leaving the word out changes the answer."];
    return h("p", { class: "ll-key-line" }, ...keys);
  }
}
