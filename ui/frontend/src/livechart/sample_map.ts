/** Map of samples: where they lie before the head of a network, in the colours of their classes, drawn on a click. */

import { ask } from "./asking";
import { h } from "./dom";
import { Plot } from "./plots";
import type { Figure } from "./types";

interface Found {
  figure: Figure;
  step: number;
  told: string;
  error?: string;
}

const BUSY = "Asking about samples that were not learned from.";

export class SampleMap {
  readonly element = h("figure", { class: "ll-panel", "aria-label": "Map of samples" });
  private readonly when = h("span", { class: "ll-numbers" });
  private readonly button = h("button", { type: "button", class: "ll-quiet", title: "Where the last layer of the network finds samples" }, "Draw");
  private readonly body = h("div", { class: "ll-sample" });
  private readonly text = h("div", { class: "ll-mistakes", role: "status" });
  private plot: Plot | null = null;

  constructor(
    private readonly run: string,
    private readonly plotly: string,
    private readonly checkpoint: () => string,
  ) {
    this.button.onclick = () => void this.draw();
    this.element.append(h("header", {}, h("h4", {}, "Map of samples"), this.when, this.button), this.body, this.text);
    this.element.hidden = true;
  }

  /** Offer the panel, where the network chooses one class for each sample. */
  offer(): void {
    this.element.hidden = false;
  }

  redraw(): void {
    this.plot?.redraw();
  }

  close(): void {
    this.plot?.close();
  }

  private async draw(): Promise<void> {
    this.button.disabled = true;
    this.say(BUSY);
    const found = await ask<Found>(this.run, "map", { checkpoint: this.checkpoint() });
    this.button.disabled = false;
    this.say(found.error ?? found.told);
    if (found.error) return;
    this.button.textContent = "Draw again";
    this.when.textContent = `step ${found.step.toLocaleString("en")}`;
    this.show(found.figure);
  }

  private show(figure: Figure): void {
    if (!this.plot) {
      this.body.classList.add("ll-plot", "ll-square");
      this.plot = new Plot(this.body, this.plotly);
    }
    this.plot.draw(figure);
  }

  private say(sentence: string): void {
    this.text.replaceChildren(h("p", { class: "ll-message" }, sentence));
  }
}
