/** What preview nodes see while the network learns, and what they saw before: pictures, tables and plots. */

import { h } from "./dom";
import type { Explainer } from "./explain";
import { drawContinuation, drawTranslations } from "./languages";
import { readPixels } from "./pictures";
import { Plot } from "./plots";
import { drawTagged, drawTexts } from "./texts";
import { formatShare } from "./words";
import type { ImagesPayload, Matrix, Payload, Sample, TablePayload, View } from "./types";

const MOST_KEPT = 300;

/** Told which picture was clicked. */
export type OnPick = (place: number, canvas: HTMLCanvasElement) => void;

/** A moment in a run at which a preview looked; what it saw may still have to be fetched. */
interface Moment {
  step: number;
  id?: number;
  seen?: Pick<Sample, "payload" | "figure"> | undefined;
}

export class Samples {
  readonly element = h("section", { class: "ll-samples", "aria-label": "Samples" });
  private readonly cards = new Map<string, SampleCard>();
  private asked = false;

  constructor(
    private readonly view: View,
    private readonly explainer: Explainer,
  ) {
    this.element.append(h("p", { class: "ll-empty" }, "Predictions appear here while it learns."));
  }

  add(samples: Sample[]): void {
    for (const sample of samples) this.open(sample.node).add(sample);
    if (!this.cards.size) return;
    this.element.querySelector(".ll-empty")?.remove();
    if (!this.asked) void this.recall();
  }

  /** Learn what was seen before this page was opened, so that one can look back to the beginning. */
  private async recall(): Promise<void> {
    this.asked = true;
    const address = `/api/runs/${encodeURIComponent(this.view.run)}/samples`;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    for (const { id, node, step } of (await answer.json()) as { id: number; node: string; step: number }[]) {
      this.cards.get(node)?.remember({ id, step });
    }
  }

  redraw(): void {
    for (const card of this.cards.values()) card.redraw();
  }

  close(): void {
    for (const card of this.cards.values()) card.close();
  }

  private open(node: string): SampleCard {
    let card = this.cards.get(node);
    if (!card) {
      card = new SampleCard(this.view.titles[node] ?? node.replaceAll("_", " "), this.view, this.explainer);
      this.cards.set(node, card);
      this.element.append(card.element);
    }
    return card;
  }
}

class SampleCard {
  readonly element: HTMLElement;
  private readonly history: Moment[] = [];
  private readonly when = h("span", { class: "ll-numbers" });
  private readonly slider = h("input", { type: "range", min: "0", max: "0", value: "0", "aria-label": "Look back" });
  private readonly body = h("div", { class: "ll-sample" });
  private plot: Plot | null = null;
  private follows = true;

  constructor(
    title: string,
    private readonly view: View,
    private readonly explainer: Explainer,
  ) {
    this.slider.oninput = () => {
      this.follows = Number(this.slider.value) === this.history.length - 1;
      void this.show();
    };
    this.slider.hidden = true;
    this.element = h("figure", { class: "ll-panel" }, h("header", {}, h("h4", {}, title), this.when), this.body, this.slider);
  }

  add(sample: Sample): void {
    this.remember({ step: sample.step, seen: sample });
  }

  /** Put a moment where it belongs in time; the slider stays on what is looked at. */
  remember(moment: Moment): void {
    const place = this.history.findIndex((other) => other.step >= moment.step);
    const same = this.history[place]?.step === moment.step;
    if (same) this.history[place] = { ...moment, ...this.history[place], ...(moment.seen ? { seen: moment.seen } : {}) };
    else this.history.splice(place < 0 ? this.history.length : place, 0, moment);
    if (this.history.length > MOST_KEPT) this.history.splice(1, 1);
    const shift = !same && place >= 0 && place <= Number(this.slider.value) ? 1 : 0;
    this.slider.max = String(this.history.length - 1);
    this.slider.hidden = this.history.length < 2;
    this.slider.value = this.follows ? this.slider.max : String(Number(this.slider.value) + shift);
    if (moment.seen && this.follows) void this.show();
  }

  redraw(): void {
    if (this.plot) this.plot.redraw();
    else void this.show();
  }

  close(): void {
    this.plot?.close();
  }

  private async show(): Promise<void> {
    const moment = this.history[Number(this.slider.value)];
    if (!moment) return;
    this.when.textContent = `step ${moment.step.toLocaleString("en")}`;
    moment.seen ??= await this.fetch(moment);
    if (!moment.seen || moment !== this.history[Number(this.slider.value)]) return;
    const { payload, figure } = moment.seen;
    if (figure) this.showFigure(figure);
    else this.body.replaceChildren(drawPayload(payload, this.choosePick(payload)) ?? "");
  }

  /** What a click on a picture does: explain what it is taken for, where that can be done. */
  private choosePick(payload: Payload): OnPick | undefined {
    if (payload.type !== "image_grid" || !payload.predicted || !this.explainer.takesPictures) return undefined;
    return (place, canvas) => this.explainer.openPicture(canvas, payload.truth?.[place]);
  }

  private async fetch(moment: Moment): Promise<Moment["seen"]> {
    if (moment.id === undefined) return undefined;
    const answer = await fetch(`/api/runs/${encodeURIComponent(this.view.run)}/samples/${moment.id}`).catch(() => null);
    return answer?.ok ? ((await answer.json()) as Moment["seen"]) : undefined;
  }

  private showFigure(figure: NonNullable<Sample["figure"]>): void {
    if (!this.plot) {
      this.body.classList.add("ll-plot", "ll-square");
      this.plot = new Plot(this.body, this.view.plotly);
    }
    this.plot.draw(figure);
  }
}

/** What is no plot, as elements; null for a type that this page does not know. */
export function drawPayload(payload: Payload, onPick?: OnPick): HTMLElement | null {
  switch (payload.type) {
    case "image_grid":
      return drawImages(payload, onPick);
    case "table":
      return drawTable(payload);
    case "continuation":
      return drawContinuation(payload);
    case "translations":
      return drawTranslations(payload);
    case "texts":
      return drawTexts(payload);
    case "tagged":
      return drawTagged(payload);
    default:
      return null;
  }
}

function drawImages(payload: ImagesPayload, onPick?: OnPick): HTMLElement {
  const [count, height, width] = payload.images.shape;
  const grid = h("div", { class: payload.captions ? "ll-images ll-large" : "ll-images" });
  for (let place = 0; place < count; place += 1) {
    const canvas = h("canvas", { width: String(width), height: String(height) });
    const pen = canvas.getContext("2d");
    pen?.putImageData(new ImageData(readPixels(payload.images, place), width, height), 0, 0);
    for (const [top, thickness] of payload.lines ?? []) pen?.clearRect(0, top, width, thickness);
    grid.append(frame(payload, place, canvas, onPick));
  }
  if (!payload.rows) return grid;
  return h("div", {}, grid, h("p", { class: "ll-count" }, `from top to bottom: ${payload.rows.join(", ")}`), payload.legend ? drawLegend(payload.legend) : null);
}

/** Which colour is which class. */
function drawLegend(legend: NonNullable<ImagesPayload["legend"]>): HTMLElement {
  const entries = legend.map(({ name, colour }) => h("li", colour ? {} : { title: "Left as it is" }, h("b", { style: `background: ${colour ?? "transparent"}` }), h("span", {}, name)));
  return h("ul", { class: "ll-classes", "aria-label": "Colours of the classes" }, ...entries);
}

/** A picture with what it is taken for: a button where it can be picked. */
function frame(payload: ImagesPayload, place: number, canvas: HTMLCanvasElement, onPick?: OnPick): HTMLElement {
  const wrong = payload.wrong?.[place] ? " ll-wrong" : "";
  const words = describe(payload, place);
  if (!onPick) return h("div", { class: `ll-image${wrong}`, title: words }, canvas, caption(payload, place));
  const button = h("button", { type: "button", class: `ll-image${wrong}`, title: `${words}. Click to explain.`, "aria-label": `Explain: ${words}` }, canvas, caption(payload, place));
  button.onclick = () => onPick(place, canvas);
  return button;
}

function caption(payload: ImagesPayload, place: number): HTMLElement | null {
  const own = payload.captions?.[place];
  if (own !== undefined) return h("span", {}, own);
  const predicted = payload.predicted?.[place];
  const truth = payload.truth?.[place];
  if (predicted === undefined) return truth === undefined ? null : h("span", {}, String(truth));
  if (!payload.wrong?.[place]) return h("span", {}, String(predicted));
  return h("span", {}, h("s", {}, String(predicted)), ` ${truth ?? ""}`);
}

function describe(payload: ImagesPayload, place: number): string {
  const sure = payload.confidence?.[place];
  const parts = [
    payload.captions?.[place] ?? "",
    payload.predicted ? `predicted ${payload.predicted[place]}` : "",
    sure === undefined ? "" : `${formatShare(sure)} sure`,
    payload.truth ? `true ${payload.truth[place]}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

function drawTable(payload: TablePayload): HTMLElement {
  const cell = (value: string | number | null): string =>
    typeof value === "number" ? String(Number(value.toPrecision(4))) : (value ?? "–");
  const order = [payload.predicted, payload.truth, ...payload.columns.keys()].filter((place, at, all) => all.indexOf(place) === at);
  const head = h("tr", {}, ...order.map((place) => h("th", { class: answerClass(payload, place), title: payload.columns[place] ?? "" }, payload.columns[place] ?? "")));
  const rows = payload.rows.map((row, number) =>
    h("tr", payload.wrong?.[number] ? { class: "ll-wrong" } : {}, ...order.map((place) => h("td", { class: answerClass(payload, place) }, cell(row[place] ?? null)))),
  );
  const table = h("div", { class: "ll-scroll", tabindex: "0" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)));
  return h("div", {}, table, h("p", { class: "ll-count" }, `${rows.length} row${rows.length === 1 ? "" : "s"}`));
}

function answerClass(payload: TablePayload, place: number): string {
  return place === payload.truth || place === payload.predicted ? "ll-answer" : "";
}

/** Tables that metrics make, such as the confusion matrix: the latest of each node and split. */
export class Matrices {
  readonly element = h("section", { class: "ll-matrices" });
  private readonly plots = new Map<string, { plot: Plot; when: HTMLElement }>();

  constructor(private readonly view: View) {}

  update(tables: Matrix[]): void {
    for (const table of tables) {
      if (!table.figure || (table.split === "train" && tables.some((other) => other.node === table.node && other !== table))) continue;
      const { plot, when } = this.open(table.node);
      when.textContent = `${table.split}, step ${table.step.toLocaleString("en")}`;
      plot.draw(table.figure);
    }
  }

  redraw(): void {
    for (const { plot } of this.plots.values()) plot.redraw();
  }

  close(): void {
    for (const { plot } of this.plots.values()) plot.close();
  }

  private open(node: string): { plot: Plot; when: HTMLElement } {
    let own = this.plots.get(node);
    if (!own) {
      const when = h("span", { class: "ll-numbers" });
      const canvas = h("div", { class: "ll-plot ll-square" });
      const title = this.view.titles[node] ?? node.replaceAll("_", " ");
      this.element.prepend(h("figure", { class: "ll-panel" }, h("header", {}, h("h4", {}, title), when), canvas));
      own = { plot: new Plot(canvas, this.view.plotly), when };
      this.plots.set(node, own);
    }
    return own;
  }
}
