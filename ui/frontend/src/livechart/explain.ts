/** Explain: what a network sees in one picture, as a heat map over it. */

import { ask } from "./asking";
import { choice, h } from "./dom";
import { paintHeat } from "./heat";
import { readPixels } from "./pictures";
import type { Question, Value } from "./controls";
import { formatShare } from "./words";

type Method = "grad_cam" | "integrated_gradients" | "occlusion";

/** What is explained: an input of one's own, or a sample of the data. */
export type Subject = { values: Record<string, Value> } | { sample: { part: string; index: number } };

interface Explanation {
  method: Method;
  label: string;
  predicted: string;
  names: string[];
  confidences: number[];
  node: string;
  maps: { key: string; title: string }[];
  shows: string;
  hides: string;
  step: number;
  heat: string;
  picture: { data: string; shape: [number, number, number, number] };
  error?: string;
}

const METHODS: readonly (readonly [Method, string])[] = [
  ["grad_cam", "Grad-CAM"],
  ["integrated_gradients", "Integrated gradients"],
  ["occlusion", "Occlusion"],
];
const SLOW = 400;
const LONG = 5000;
const BUSY = "Computing.";
const BUSY_LONG = "Still computing: the network is asked about this picture up to a few hundred times.";

export class Explainer {
  readonly element = h("dialog", { class: "ll-explain", "aria-label": "Explain" });
  private readonly said = h("span", { class: "ll-numbers" });
  private readonly methods = h("div");
  private truth = "";
  private chosen: string | null = null;
  private readonly label = h("select", { "aria-label": "Answer" });
  private readonly labelRow = h("label", {}, h("span", {}, "What speaks for"), this.label);
  private readonly node = h("select", { "aria-label": "Node" });
  private readonly nodeRow = h("label", {}, h("span", {}, "Maps of"), this.node);
  private readonly view = h("div", { class: "ll-heat" });
  private readonly text = h("div", { class: "ll-told", role: "status" });
  private question: Question | null = null;
  private subject: Subject | null = null;
  private method: Method = "occlusion";
  private asked = 0;

  constructor(
    private readonly run: string,
    private readonly checkpoint: () => string,
  ) {
    const close = h("button", { type: "button", class: "ll-quiet" }, "Close");
    close.onclick = () => this.element.close();
    this.element.onclick = (event) => event.target === this.element && this.element.close();
    this.element.onclose = () => (this.asked += 1);
    this.label.onchange = () => void this.ask();
    this.node.onchange = () => {
      this.chosen = this.node.value;
      void this.ask();
    };
    const wishes = h("div", { class: "ll-wishes" }, this.methods, this.labelRow, this.nodeRow);
    this.element.append(h("div", {}, h("header", {}, h("h4", {}, "Explain"), this.said, close), wishes, this.view, this.text));
  }

  /** Learn what the network is asked for, which decides whether there is anything to explain. */
  know(question: Question): void {
    this.question = question;
    this.method = question.explained ?? this.method;
  }

  get canExplain(): boolean {
    return Boolean(this.question?.explained);
  }

  /** Whether a picture alone is an input: not where the network asks for more beside it. */
  get takesPictures(): boolean {
    return this.canExplain && this.question?.inputs.length === 1;
  }

  openPicture(canvas: HTMLCanvasElement, truth?: string | number): void {
    const field = this.question?.inputs[0]?.field;
    if (field) this.open({ values: { [field]: { picture: canvas.toDataURL("image/png").split(",")[1] ?? "" } } }, truth);
  }

  /** Explain something; of a sample of the data the truth is known. */
  open(subject: Subject, truth?: string | number): void {
    this.subject = subject;
    this.truth = truth === undefined ? "" : `true ${truth} · `;
    this.chosen = null;
    for (const select of [this.label, this.node]) select.replaceChildren();
    this.labelRow.hidden = this.nodeRow.hidden = true;
    this.said.textContent = "";
    this.text.replaceChildren();
    this.view.replaceChildren();
    this.methods.replaceChildren(choice("Method", METHODS, this.method, (method) => this.choose(method)));
    this.element.showModal();
    void this.ask();
  }

  private choose(method: Method): void {
    this.method = method;
    void this.ask();
  }

  private async ask(): Promise<void> {
    const turn = (this.asked += 1);
    const wish = { ...this.subject, method: this.method, label: this.label.value || null, node: this.chosen, checkpoint: this.checkpoint() };
    const later = (sentence: string, after: number): number => window.setTimeout(() => turn === this.asked && this.wait(sentence), after);
    const timers = [later(BUSY, SLOW), later(BUSY_LONG, LONG)];
    const found = await ask<Explanation>(this.run, "explain", wish);
    timers.forEach((timer) => window.clearTimeout(timer));
    if (turn === this.asked) this.show(found);
  }

  private wait(sentence: string): void {
    this.view.classList.add("ll-old");
    this.text.replaceChildren(h("p", { class: "ll-message" }, sentence));
  }

  private show(found: Explanation): void {
    this.view.classList.remove("ll-old");
    this.view.hidden = Boolean(found.error);
    this.nodeRow.hidden = this.method !== "grad_cam" || this.view.hidden;
    if (found.error) {
      this.text.replaceChildren(h("p", { class: "ll-message" }, found.error));
      return;
    }
    const sure = found.confidences[found.names.indexOf(found.predicted)];
    this.said.textContent = `${this.truth}${sure === undefined ? "" : `says ${found.predicted}, ${formatShare(sure)} · `}step ${found.step.toLocaleString("en")}`;
    this.list(found);
    this.view.replaceChildren(...drawHeat(found), drawLegend(found));
    this.text.replaceChildren(h("p", {}, found.shows), h("p", { class: "ll-message" }, found.hides));
  }

  private list(found: Explanation): void {
    this.labelRow.hidden = false;
    const share = (place: number): string => (found.confidences[place] === undefined ? "" : `, ${formatShare(found.confidences[place])}`);
    this.label.replaceChildren(...found.names.map((name, place) => h("option", { value: name }, name + share(place))));
    this.label.value = found.label;
    this.node.replaceChildren(...found.maps.map(({ key, title }) => h("option", { value: key }, title)));
    if (found.node) this.node.value = found.node;
  }
}

/** The picture as the network sees it, and beside it the same with what counts. */
function drawHeat(found: Explanation): HTMLElement[] {
  const [, height, width] = found.picture.shape;
  const picture = readPixels(found.picture, 0);
  const heat = Int8Array.from(atob(found.heat), (letter) => letter.charCodeAt(0));
  const side = (pixels: Uint8ClampedArray<ArrayBuffer>, words: string): HTMLElement => {
    const canvas = h("canvas", { width: String(width), height: String(height), role: "img", "aria-label": words });
    canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
    return h("figure", {}, canvas, h("figcaption", {}, words));
  };
  return [side(picture, "What the network sees"), side(paintHeat(picture, heat), `What speaks for ${found.label}`)];
}

function drawLegend(found: Explanation): HTMLElement {
  const isSigned = found.method !== "grad_cam";
  const ends = isSigned ? [`against ${found.label}`, "nothing", `for ${found.label}`] : ["nothing", `for ${found.label}`];
  return h("div", { class: isSigned ? "ll-scale ll-signed" : "ll-scale" }, h("i"), ...ends.map((end) => h("span", {}, end)));
}
