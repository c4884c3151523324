/** Draws figures with plotly.js in the colours of Streamlit's theme. */

import type { Figure } from "./types";

interface Plotly {
  react(element: HTMLElement, data: unknown[], layout: object, config: object): Promise<unknown>;
  purge(element: HTMLElement): void;
  Plots: { resize(element: HTMLElement): void };
}

declare global {
  interface Window {
    Plotly?: Plotly;
    layerloomPlotly?: Promise<Plotly>;
  }
}

const CONFIG = {
  displaylogo: false,
  responsive: false,
  scrollZoom: false,
  doubleClick: "reset+autosize",
  displayModeBar: false,
};

/** Load plotly.js once for the whole page. */
export function loadPlotly(address: string): Promise<Plotly> {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  window.layerloomPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("plotly.js did not load")));
    script.onerror = () => reject(new Error("plotly.js did not load"));
    document.head.append(script);
  });
  return window.layerloomPlotly;
}

/** Replace every `var(--st-...)` in a figure by the theme's colour, or by the text's where the theme has none. */
export function resolveColours(value: unknown, styles: CSSStyleDeclaration): unknown {
  if (typeof value === "string") {
    const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
    return name ? styles.getPropertyValue(name).trim() || styles.color : value;
  }
  if (Array.isArray(value)) {
    return typeof value[0] === "number" && value.length > 8 ? value : value.map((item) => resolveColours(item, styles));
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveColours(item, styles)]));
  }
  return value;
}

/** A place where one figure is drawn and redrawn; it fits itself to its element. */
export class Plot {
  private figure: Figure | null = null;
  private plotly: Plotly | null = null;
  private readonly watcher: ResizeObserver;

  constructor(
    private readonly element: HTMLElement,
    address: string,
  ) {
    this.watcher = new ResizeObserver(() => {
      if (this.plotly && this.figure && element.clientWidth) this.plotly.Plots.resize(element);
    });
    void loadPlotly(address).then((plotly) => {
      this.plotly = plotly;
      this.watcher.observe(element);
      this.redraw();
    });
  }

  draw(figure: Figure): void {
    this.figure = figure;
    this.redraw();
  }

  /** Draw again, after the theme changed for example. */
  redraw(): void {
    if (!this.plotly || !this.figure || !this.element.isConnected) return;
    const styles = getComputedStyle(this.element);
    const { data, layout } = resolveColours(this.figure, styles) as Figure;
    void this.plotly.react(this.element, data, dress(layout, styles), CONFIG);
  }

  close(): void {
    this.watcher.disconnect();
    this.plotly?.purge(this.element);
  }
}

function dress(layout: Record<string, unknown>, styles: CSSStyleDeclaration): object {
  const line = styles.getPropertyValue("--st-border-color").trim() || "rgba(128,128,128,0.3)";
  const paper = styles.getPropertyValue("--st-background-color").trim();
  const axis = { gridcolor: line, linecolor: line, tickcolor: line, zerolinecolor: line };
  return {
    ...layout,
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: styles.fontFamily, size: 11, color: styles.color },
    hoverlabel: { bgcolor: paper, bordercolor: line, font: { color: styles.color, size: 12, family: styles.fontFamily } },
    xaxis: { ...axis, ...(layout["xaxis"] as object) },
    yaxis: { ...axis, ...(layout["yaxis"] as object) },
  };
}
