/** Try it: an input of one's own, answered by the run's network at once, also while it still learns. */

import { type Checkpoint, isFollowing, listChoices, resolveChoice } from "./checkpoints";
import { h } from "./dom";
import type { Control, Question, Value } from "./controls";
import type { Explainer } from "./explain";
import { buildControl } from "./inputs";
import { drawTranslation } from "./languages";
import { drawMade, isPicture } from "./made";
import { drawMasked, type Masked } from "./masked";
import { Pace } from "./pace";
import { drawRanking, listValues } from "./ranking";
import { Prompt, type Write } from "./prompt";
import { drawNames, JudgedWords, type Words } from "./texts";
import type { Translated } from "./types";
import { formatShare } from "./words";

interface Answer {
  step: number;
  label: string | null;
  confidence: number | null;
  confidences: Record<string, number>;
  values: number[];
  target: string;
  seen: Record<string, string>;
  tags: string[];
  sureness: number[];
  words: Words | null;
  translation: Translated | null;
  picture: string | null;
  mask: Masked | null;
  ranked?: [string, number][];
  error?: string;
}

const MOST_BARS = 10;
const PATIENCE = 120;
const WAITING = "The first answers come with the first checkpoint.";
const NOTHING = "This run has no checkpoint, so there is nothing to ask.";

export class TryIt {
  readonly element = h("figure", { class: "ll-panel ll-try", "aria-label": "Try it" });
  private readonly chosen = h("select", { "aria-label": "Checkpoint" });
  private readonly body = h("div", { class: "ll-asked" });
  private readonly answer = h("div", { class: "ll-answers", role: "status" });
  private readonly judged = new JudgedWords();
  private readonly truth = h("span", { class: "ll-numbers" });
  private readonly example = h("button", { type: "button", class: "ll-quiet" }, "Take a sample");
  private truePicture: string | null = null;
  private controls = new Map<string, Control>();
  private checkpoints: readonly Checkpoint[] = [];
  private known: string | null = null;
  private opened = false;
  private meaning = "";
  /** How often a person changed an input. */
  private changes = 0;
  /** How many answers have not come yet. */
  private awaited = 0;
  private readonly explain = h("button", { type: "button", class: "ll-quiet", title: "What the network sees in this picture" }, "Explain");
  private readonly pace = new Pace(() => this.send(), PATIENCE);

  constructor(
    private readonly run: string,
    private readonly keepsBest: boolean,
    private readonly explainer: Explainer,
    private readonly onKnown: (question: Question) => void,
  ) {
    this.explain.onclick = () => this.explainer.open({ values: this.readValues() as Record<string, Value> });
    this.example.onclick = () => void this.takeExample();
    this.chosen.onchange = () => this.pace.ask();
    this.element.append(h("header", {}, h("h4", {}, "Try it"), this.truth, this.example, this.chosen), h("div", { class: "ll-ask" }, this.body, this.answer));
    this.element.hidden = true;
  }

  /** The name of the checkpoint that is asked; empty for the best weights. */
  get checkpoint(): string {
    return resolveChoice(this.chosen.value, this.checkpoints);
  }

  /** Offer the checkpoints there are. A newer one is asked again, so the answer changes while the network learns. */
  update(checkpoints: readonly Checkpoint[], isOver: boolean): void {
    const known = checkpoints.map((checkpoint) => checkpoint.name + checkpoint.is_best).join() || String(isOver);
    if (known === this.known) return;
    this.known = known;
    this.listCheckpoints(checkpoints);
    if (!checkpoints.length) void this.wait(isOver ? NOTHING : WAITING);
    else if (!this.opened) void this.open();
    else if (isFollowing(this.chosen.value)) this.pace.ask();
  }

  /** Say what is awaited, where the network can be asked at all. */
  private async wait(sentence: string): Promise<void> {
    const question = (await this.get("question")) as Partial<Question>;
    if (!question.inputs || this.opened) return;
    this.element.hidden = false;
    this.element.classList.add("ll-awaiting");
    this.say(sentence);
  }

  private listCheckpoints(checkpoints: readonly Checkpoint[]): void {
    const before = this.checkpoints.length ? this.chosen.value : null;
    this.checkpoints = checkpoints;
    const choices = listChoices(checkpoints, this.keepsBest);
    this.chosen.replaceChildren(...choices.map(([choice, words]) => h("option", { value: choice }, words)));
    this.chosen.value = choices.find(([choice]) => choice === before)?.[0] ?? choices[0]?.[0] ?? "";
  }

  private async open(): Promise<void> {
    this.opened = true;
    const question = (await this.get("question")) as Question & { error?: string };
    if (!question.inputs) {
      this.opened = !question.error;
      return;
    }
    this.onKnown(question);
    this.meaning = question.meaning;
    if (question.meaning === "continuation") return this.openPrompt();
    for (const input of question.inputs) {
      const control = buildControl(input, () => {
        this.changes += 1;
        this.ask();
      });
      this.controls.set(input.field, control);
      this.body.append(control.element);
    }
    this.element.hidden = false;
    this.element.classList.remove("ll-awaiting");
    this.answer.replaceChildren();
    if (question.inputs.some((input) => input.kind === "text" || input.steps)) void this.takeExample();
    else if (question.inputs.every((input) => input.kind !== "image")) this.ask();
  }

  /** A language model is given a prompt, and goes on from it when it is told to. */
  private openPrompt(): void {
    const prompt = new Prompt((wish) => this.post("write", { ...wish, checkpoint: this.checkpoint }) as ReturnType<Write>);
    this.example.hidden = true;
    this.element.hidden = false;
    this.element.classList.remove("ll-awaiting");
    this.body.append(prompt.element);
    this.answer.replaceChildren();
  }

  /** Fill in a sample of the data; what a person wrote meanwhile stays. */
  private async takeExample(): Promise<void> {
    const { changes } = this;
    const example = (await this.get("example")) as { values: Record<string, Value>; truth: unknown; error?: string };
    if (this.changes !== changes) return;
    if (example.error) return this.say(example.error);
    for (const [field, value] of Object.entries(example.values)) this.controls.get(field)?.set(value);
    if (isPicture(example.truth)) this.ask("", example.truth.picture);
    else this.ask(Array.isArray(example.truth) ? "" : `true ${String(example.truth)}`);
  }

  /** Ask about an input that has changed; of a sample of the data the truth is known. */
  private ask(truth = "", picture: string | null = null): void {
    this.truth.textContent = truth;
    this.truePicture = picture;
    this.pace.ask();
  }

  private async send(): Promise<void> {
    if (!this.controls.size) return;
    const values = this.readValues();
    if (!values) return this.answer.replaceChildren();
    const answer = (await this.post("ask", { values, checkpoint: this.checkpoint, ...this.tellTruth() })) as Answer;
    if (answer.error) this.say(answer.error);
    else if (answer.ranked) this.answer.replaceChildren(drawRanking(answer.ranked, answer.target, answer.step));
    else this.show(answer);
  }

  /** The true mask of a sample, for a network that finds masks. */
  private tellTruth(): { truth?: { picture: string } } {
    return this.meaning === "mask" && this.truePicture ? { truth: { picture: this.truePicture } } : {};
  }

  /** What stands in the controls; null while one of them has to be filled in. */
  private readValues(): Record<string, Value | null> | null {
    const values: Record<string, Value | null> = {};
    for (const [field, control] of this.controls) {
      values[field] = control.read();
      if (values[field] === null && !control.isOpen?.()) return null;
    }
    return values;
  }

  private show(answer: Answer): void {
    const seen = Object.values(answer.seen).map((data) => h("img", { src: `data:image/png;base64,${data}`, alt: "What the network sees", title: "What the network sees" }));
    if (answer.mask) return this.answer.replaceChildren(drawMasked(answer.mask, answer.step));
    if (answer.picture) return this.answer.replaceChildren(drawMade(Object.values(answer.seen)[0], answer.picture, this.truePicture, answer.step));
    const label = answer.label ?? listValues(answer.values);
    for (const control of this.controls.values()) control.answer?.(answer.values);
    const sure = answer.confidence === null ? "" : formatShare(answer.confidence);
    const head = h("div", { class: "ll-answer-head" }, ...seen, h("strong", {}, label), h("span", {}, sure || answer.target), this.explainer.canExplain ? this.explain : null, h("span", { class: "ll-at" }, `step ${answer.step.toLocaleString("en")}`));
    const ranked = Object.entries(answer.confidences);
    const shown = ranked.length > MOST_BARS ? ranked.sort((a, b) => b[1] - a[1]).slice(0, MOST_BARS) : ranked;
    const bars = shown.map(([name, share]) => {
      const bar = h("i", { style: `--part: ${share}` });
      return h("li", { class: name === answer.label ? "ll-chosen" : "" }, h("span", {}, name), bar, h("span", {}, formatShare(share)));
    });
    this.answer.replaceChildren(head, ...this.drawWords(answer), h("ul", {}, ...bars));
  }

  /** What is known of each word of a text: the name that it belongs to, or what it did to the answer. */
  private drawWords({ words, tags, sureness, label, translation }: Answer): HTMLElement[] {
    if (translation) return [drawTranslation(translation, " ")];
    if (words && tags.length) return [h("div", { class: "ll-judged" }, drawNames(words.words, tags, words.gap, undefined, sureness))];
    if (!words || label === null) return [];
    this.judged.show(words, label);
    return [this.judged.element];
  }

  private say(sentence: string): void {
    this.answer.replaceChildren(h("p", { class: "ll-message" }, sentence));
  }

  private async get(what: string): Promise<unknown> {
    return this.fetch(what, {});
  }

  private async post(what: string, body: unknown): Promise<unknown> {
    return this.fetch(what, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  }

  private async fetch(what: string, options: RequestInit): Promise<unknown> {
    this.awaited += 1;
    this.element.ariaBusy = "true";
    try {
      return await (await fetch(`/api/runs/${encodeURIComponent(this.run)}/${what}`, options)).json();
    } catch {
      return { error: "Layerloom does not answer. Is it still running?" };
    } finally {
      this.awaited -= 1;
      if (!this.awaited) this.element.ariaBusy = "false";
    }
  }
}
