/** The panels of curves and the switches that they share. */

import { choice, h } from "./dom";
import { Plot } from "./plots";
import { along, type Axis, findBest, findLost, type SeriesStore, smooth } from "./series";
import type { Panel, Split, Trace, View } from "./types";
import { formatValue } from "./words";

export const AXES = [["step", "Step"], ["epoch", "Epoch"], ["time", "Time"]] as const;
export const SMOOTHING = [["0", "Raw"], ["0.9", "Smooth"]] as const;
export const TITLES: Record<Axis, string> = { step: "step", epoch: "epoch", time: "seconds" };
const MOST_MARKED = 50;
const SPLITS: readonly Split[] = ["train", "validation", "test"];

export class Curves {
  readonly element = h("section", { class: "ll-curves", "aria-label": "Learning curves" });
  readonly grid = h("div", { class: "ll-panels" });
  private readonly panels = new Map<string, CurvePanel>();
  private axis: Axis = "step";
  private smoothing = 0;

  constructor(
    private readonly view: View,
    private readonly store: SeriesStore,
  ) {
    const tools = h(
      "div",
      { class: "ll-tools" },
      choice("Horizontal axis", AXES, "step", (axis) => this.change(() => (this.axis = axis))),
      choice("Smoothing of the training curve", SMOOTHING, "0", (value) => this.change(() => (this.smoothing = Number(value)))),
      h("span", { class: "ll-legend" }, key("train"), key("validation"), key("test")),
    );
    this.element.append(tools, this.grid);
    for (const panel of view.panels) this.add(panel);
  }

  /** Draw what the store holds now, with a panel for names that nobody announced and that change, such as a learning rate. */
  update(): void {
    for (const name of this.store.names) if (!this.panels.has(name) && this.store.varies(name)) this.addUnannounced(name);
    for (const panel of this.panels.values()) panel.update(this.axis, this.smoothing);
    for (const split of SPLITS) {
      const has = this.store.names.some((name) => this.store.get(name, split).values.length > 0);
      this.element.querySelector<HTMLElement>(`.ll-key-${split}`)!.hidden = !has;
    }
  }

  redraw(): void {
    for (const panel of this.panels.values()) panel.plot.redraw();
  }

  close(): void {
    for (const panel of this.panels.values()) panel.plot.close();
  }

  private change(apply: () => void): void {
    apply();
    this.update();
  }

  private add(panel: Panel): void {
    const own = new CurvePanel(panel, this.store, this.view);
    this.panels.set(panel.name, own);
    this.grid.append(own.element);
  }

  private addUnannounced(name: string): void {
    const like = this.view.panels[0];
    if (like) this.add({ ...like, name, title: name.replaceAll(/[_.]/g, " "), goal: "min" });
  }
}

/** Points are marked where a line alone would not show them, and not where marks would hide the line. */
function chooseMode(split: Split, points: number): string {
  if (split === "train") return points < 2 ? "markers" : "lines";
  return points > MOST_MARKED ? "lines" : "lines+markers";
}

function key(split: Split): HTMLElement {
  return h("span", { class: `ll-key ll-key-${split}` }, split);
}

class CurvePanel {
  readonly element: HTMLElement;
  readonly plot: Plot;
  private readonly numbers = h("span", { class: "ll-numbers" });
  private log = false;
  private drawn = "";

  constructor(
    private readonly panel: Panel,
    private readonly store: SeriesStore,
    private readonly view: View,
  ) {
    const canvas = h("div", { class: "ll-plot" });
    const log = h("button", { type: "button", class: "ll-quiet", "aria-pressed": "false", title: "Logarithmic scale" }, "log");
    log.onclick = () => {
      this.log = !this.log;
      log.setAttribute("aria-pressed", String(this.log));
      this.drawn = "";
      this.update(this.axis, this.smoothing);
    };
    const head = h("header", {}, h("h4", {}, panel.title), this.numbers, log);
    this.element = h("figure", { class: "ll-panel", "data-panel": panel.name }, head, canvas);
    this.plot = new Plot(canvas, view.plotly);
  }

  private axis: Axis = "step";
  private smoothing = 0;

  update(axis: Axis, smoothing: number): void {
    this.axis = axis;
    this.smoothing = smoothing;
    const state = [axis, smoothing, ...SPLITS.map((split) => this.sign(split))].join();
    if (state === this.drawn) return;
    this.drawn = state;
    const best = this.markBest();
    this.plot.draw({ data: this.panel.figure.data.map((trace) => this.fill(trace, best)), layout: this.layout() });
    this.numbers.replaceChildren(...SPLITS.map((split) => this.latest(split, best)).filter((item) => item !== null));
  }

  private sign(split: Split): string {
    const { steps, values } = this.store.get(this.panel.name, split);
    return `${steps.length}:${steps.at(-1)}:${values.at(-1)}`;
  }

  private fill(trace: Trace, best: [number, number] | null): Trace {
    if (trace.meta?.mark === "lost") {
      const lost = this.markLost();
      return lost ? { ...trace, ...lost } : { ...trace, x: [], y: [], text: [] };
    }
    if (trace.meta?.mark === "best") {
      if (!best) return { ...trace, x: [], y: [], text: [] };
      return { ...trace, x: [best[0]], y: [best[1]], text: [formatValue(best[1])] };
    }
    const split = trace.meta?.split ?? "train";
    const series = this.store.get(this.panel.name, split);
    const values = split === "train" ? smooth(series.values, this.smoothing) : series.values;
    const mode = chooseMode(split, series.values.length);
    const lost = findLost(values);
    const end = lost < 0 ? values.length : lost;
    return { ...trace, mode, x: along(series, this.axis).slice(0, end), y: values.slice(0, end) };
  }

  private markBest(): [number, number] | null {
    const series = this.store.get(this.panel.name, "validation");
    const kept = this.view.kept;
    const place = findBest(series.values, kept?.metric === this.panel.name ? kept.mode : this.panel.goal);
    return place < 0 ? null : [along(series, this.axis)[place]!, series.values[place]!];
  }

  /** Where a curve ends because what comes after is no number: at its last number, with the step of the first that is none. */
  private markLost(): Pick<Trace, "x" | "y"> & { text: string[] } | null {
    const series = this.store.get(this.panel.name, "train");
    const place = findLost(series.values);
    if (place < 0) return null;
    const at = Math.max(0, place - 1);
    const text = `no number at step ${series.steps[place]!.toLocaleString("en")}`;
    return { x: [along(series, this.axis)[at]!], y: [series.values[at] ?? 0], text: [text] };
  }

  private layout(): Record<string, unknown> {
    const layout = this.panel.figure.layout;
    const isEmpty = SPLITS.every((split) => !this.store.get(this.panel.name, split).values.length);
    const ticks = isEmpty ? { showticklabels: false } : {};
    const x = { ...(layout["xaxis"] as object), ...ticks, title: { text: TITLES[this.axis], standoff: 6 } };
    const y = { ...(layout["yaxis"] as object), ...ticks, type: this.log ? "log" : "linear" };
    return { ...layout, xaxis: { ...x, uirevision: this.axis }, yaxis: { ...y, uirevision: String(this.log) } };
  }

  private latest(split: Split, best: [number, number] | null): HTMLElement | null {
    const value = this.store.get(this.panel.name, split).values.at(-1);
    if (value === undefined) return null;
    const title = split === "validation" && best ? `${split}, best ${formatValue(best[1])}` : split;
    return h("span", { class: `ll-key ll-key-${split}`, title }, formatValue(value));
  }
}
