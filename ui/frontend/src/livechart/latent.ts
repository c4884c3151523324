/** Spaces of vectors that a network makes pictures of: a map to click, sliders, and a way from one end to another. */

import { type Checkpoint, isFollowing, listChoices, resolveChoice } from "./checkpoints";
import { h } from "./dom";
import { drawEnd, type End, listPoints, placeOnMap, type Point } from "./latent_points";
import { LatentMap } from "./latent_map";
import { Pace } from "./pace";
import type { Figure, View } from "./types";

interface Space {
  network: string;
  kind: "code" | "noise";
  size: number;
  classes: string[];
}

interface MapAnswer {
  figure: Figure | null;
  axes: string[];
  /** Whether they are the space's own numbers rather than principal components. */
  direct: boolean;
  low: number[];
  high: number[];
  samples: number;
  error?: string;
}

interface Shown {
  pictures: string[];
  coordinates: number[][];
  step: number;
  error?: string;
}

const PATIENCE = 40;

/** All spaces of a run; nothing is shown where its networks have none. */
export class Latents {
  readonly element = h("section", { class: "ll-latents", "aria-label": "Latent space" });
  private panels: LatentPanel[] = [];
  private asked = false;

  constructor(private readonly view: View) {}

  update(checkpoints: readonly Checkpoint[]): void {
    if (checkpoints.length && !this.asked) void this.open(checkpoints);
    for (const panel of this.panels) panel.update(checkpoints);
  }

  redraw(): void {
    for (const panel of this.panels) panel.map?.redraw();
  }

  close(): void {
    for (const panel of this.panels) panel.map?.close();
  }

  private async open(checkpoints: readonly Checkpoint[]): Promise<void> {
    this.asked = true;
    const answer = await fetch(`/api/runs/${encodeURIComponent(this.view.run)}/latents`).catch(() => null);
    const { spaces } = answer?.ok ? ((await answer.json()) as { spaces: Space[] }) : { spaces: [] };
    this.panels = spaces.map((space, number) => new LatentPanel(this.view, space, number, spaces.length > 1));
    this.element.replaceChildren(...this.panels.map((panel) => panel.element));
    for (const panel of this.panels) panel.update(checkpoints);
  }
}

class LatentPanel {
  readonly element: HTMLElement;
  map: LatentMap | null = null;
  private readonly step = h("span", { class: "ll-numbers" });
  private readonly chosen = h("select", { "aria-label": "Checkpoint of the latent space" });
  private readonly label: HTMLSelectElement;
  private readonly picture = h("img", { class: "ll-seen", alt: "What this point shows" });
  private readonly sliders = h("div", { class: "ll-axes", hidden: "" });
  private readonly share = h("input", { type: "range", min: "0", max: "1", step: "0.01", value: "0.5", "aria-label": "On the way from A to B" });
  private readonly first = h("img", { alt: "A" });
  private readonly last = h("img", { alt: "B" });
  private readonly message = h("p", { class: "ll-message", hidden: "" });
  private readonly body = h("div", { class: "ll-space" });
  private checkpoints: readonly Checkpoint[] = [];
  private known = "";
  private axes: MapAnswer | null = null;
  private ends: [End, End] = [drawEnd(0), drawEnd(0)];
  private point: number[] | null = null;
  private readonly pace = new Pace(() => this.look(), PATIENCE);

  constructor(
    private readonly view: View,
    private readonly space: Space,
    private readonly number: number,
    isOneOfSeveral: boolean,
  ) {
    this.label = h("select", { "aria-label": "Class of the picture" }, ...space.classes.map((name) => h("option", {}, name)));
    this.label.hidden = !space.classes.length;
    this.label.onchange = () => this.pace.ask();
    this.chosen.onchange = () => void this.open();
    this.share.oninput = () => this.show(null);
    const title = `Latent space${isOneOfSeveral ? ` of ${space.network}` : ""}`;
    const side = h("div", { class: "ll-space-side" }, this.picture, this.sliders, this.buildWay());
    this.body.append(side);
    this.element = h("figure", { class: "ll-panel ll-latent", "aria-label": title }, h("header", {}, h("h4", {}, title), this.step, this.label, this.chosen), this.message, this.body);
  }

  /** Offer the checkpoints there are; where a newer one is followed, look again. */
  update(checkpoints: readonly Checkpoint[]): void {
    const known = checkpoints.map((checkpoint) => checkpoint.name + checkpoint.is_best).join();
    if (known === this.known) return;
    const isFirst = !this.known;
    const before = this.chosen.value;
    this.known = known;
    this.checkpoints = checkpoints;
    const choices = listChoices(checkpoints, this.view.kept !== null);
    this.chosen.replaceChildren(...choices.map(([choice, words]) => h("option", { value: choice }, words)));
    this.chosen.value = choices.find(([choice]) => !isFirst && choice === before)?.[0] ?? choices[0]?.[0] ?? "";
    if (isFirst || isFollowing(this.chosen.value)) void this.open();
  }

  private buildWay(): HTMLElement {
    const another = (place: 0 | 1): HTMLElement => {
      const button = h("button", { type: "button", title: this.space.kind === "code" ? "Another sample of the data" : "Other noise" }, "another");
      button.onclick = () => this.draw(place);
      return button;
    };
    const middle = h("label", {}, this.share);
    return h("div", { class: "ll-way" }, this.first, middle, this.last, another(0), h("span", {}, "A to B"), another(1));
  }

  private draw(place: 0 | 1): void {
    this.ends[place] = drawEnd(this.axes?.samples ?? 0);
    this.show(null);
  }

  /** Ask where samples lie at the chosen checkpoint, which of noise nobody knows, and look at the same point again. */
  private async open(): Promise<void> {
    if (this.space.kind === "code" && !(await this.locate())) return;
    this.pace.ask();
  }

  private async locate(): Promise<boolean> {
    const answer = (await this.post("map", {})) as MapAnswer;
    if (!this.tell(answer.error)) return false;
    const isFirst = this.axes === null;
    this.axes = answer;
    if (isFirst) this.begin(answer);
    if (answer.figure) this.drawMap(answer.figure);
    return true;
  }

  /** Sliders in the middle, and two samples to go between. */
  private begin({ axes, direct, low, high, samples }: MapAnswer): void {
    this.ends = [drawEnd(samples), drawEnd(samples)];
    this.point = axes.map((_, place) => ((low[place] ?? 0) + (high[place] ?? 0)) / 2);
    this.sliders.hidden = false;
    const caption = direct ? "Numbers of the vector" : "Principal components, with their part of the variance";
    this.sliders.before(h("span", { class: "ll-axes-caption" }, caption));
    this.sliders.replaceChildren(...axes.map((name, place) => this.buildSlider(name, place, low[place] ?? -1, high[place] ?? 1)));
  }

  private buildSlider(name: string, place: number, low: number, high: number): HTMLElement {
    const slider = h("input", { type: "range", min: String(low), max: String(high), step: String((high - low) / 200), "aria-label": name });
    slider.oninput = () => {
      const point = [...(this.point ?? [])];
      point[place] = slider.valueAsNumber;
      this.show(point);
    };
    return h("label", {}, h("span", {}, name), slider, h("output", {}));
  }

  private drawMap(figure: Figure): void {
    if (!this.map) {
      const element = h("div", { class: "ll-map", "aria-label": "Map of the latent space" });
      this.body.prepend(element);
      this.map = new LatentMap(element, this.view.plotly, (x, y) => this.show(placeOnMap(x, y, this.axes?.axes.length ?? 2)));
    }
    this.map.draw(figure);
  }

  /** Show a point along the axes; without one the point on the way. */
  private show(point: number[] | null): void {
    this.point = point;
    if (point) this.mark(point);
    this.pace.ask();
  }

  private async look(): Promise<void> {
    const shown: Point = this.point ? { coordinates: this.point } : { ends: this.ends, share: this.share.valueAsNumber };
    const answer = (await this.post("show", { points: listPoints(shown, this.ends), label: this.space.classes.length ? this.label.value : null })) as Shown;
    if (!this.tell(answer.error)) return;
    [this.picture, this.first, this.last].forEach((image, place) => (image.src = `data:image/png;base64,${answer.pictures[place]}`));
    this.step.textContent = `step ${answer.step.toLocaleString("en")}`;
    const [here, first, last] = answer.coordinates;
    if (first && last) this.map?.connect(first, last);
    if (here && !this.point) this.mark(here);
    else if (this.point) this.mark(this.point);
  }

  /** Put sliders and the mark on the map where a point lies. */
  private mark(point: number[]): void {
    [...this.sliders.children].forEach((row, place) => {
      const value = point[place] ?? 0;
      row.querySelector("input")!.value = String(value);
      row.querySelector("output")!.textContent = value.toFixed(2);
    });
    this.map?.mark(point);
  }

  private tell(error: string | undefined): boolean {
    this.message.hidden = !error;
    this.message.textContent = error ?? "";
    return !error;
  }

  private async post(what: string, body: object): Promise<unknown> {
    const address = `/api/runs/${encodeURIComponent(this.view.run)}/latents/${what}`;
    const asked = { ...body, space: this.number, checkpoint: resolveChoice(this.chosen.value, this.checkpoints) };
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) };
    try {
      return await (await fetch(address, options)).json();
    } catch {
      return { error: "Layerloom does not answer. Is it still running?" };
    }
  }
}
