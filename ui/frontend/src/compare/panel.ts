/** One number of all runs as curves. */

import { h } from "../livechart/dom";
import { TITLES } from "../livechart/curves";
import { Plot } from "../livechart/plots";
import { drawLines, type Sight } from "./lines";
import type { State } from "./state";

export class ComparePanel {
  readonly element: HTMLElement;
  readonly plot: Plot;
  private isLog = false;
  private sight: Sight | undefined;

  constructor(
    readonly name: string,
    title: string,
    private readonly state: State,
  ) {
    const canvas = h("div", { class: "ll-plot" });
    const log = h("button", { type: "button", class: "ll-quiet", "aria-pressed": "false", title: "Logarithmic scale" }, "log");
    log.onclick = () => {
      this.isLog = !this.isLog;
      log.setAttribute("aria-pressed", String(this.isLog));
      if (this.sight) this.update(this.sight);
    };
    this.element = h("figure", { class: "ll-panel", "data-panel": name }, h("header", {}, h("h4", {}, title), log), canvas);
    this.plot = new Plot(canvas, state.view.plotly);
  }

  update(sight: Sight): void {
    this.sight = sight;
    this.plot.draw({ data: drawLines(this.state, this.name, sight), layout: this.layout(sight) });
  }

  /** Zoom is kept until the axes mean something else. */
  private layout({ axis, split }: Sight): Record<string, unknown> {
    const { layout } = this.state.view.figure;
    const x = { ...(layout["xaxis"] as object), title: { text: TITLES[axis], standoff: 6 } };
    const y = { ...(layout["yaxis"] as object), type: this.isLog ? "log" : "linear" };
    return { ...layout, xaxis: { ...x, uirevision: `${axis} ${split}` }, yaxis: { ...y, uirevision: `${this.isLog} ${split}` } };
  }
}
