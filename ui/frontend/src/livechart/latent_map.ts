/** A map of samples on which every place can be clicked, not only the samples. */

import { type PlotAxis, readAxis } from "./latent_points";
import { Plot } from "./plots";
import type { Figure, Trace } from "./types";

type Drawn = HTMLElement & { _fullLayout?: { xaxis: PlotAxis; yaxis: PlotAxis } };

export class LatentMap {
  private readonly plot: Plot;
  private figure: Figure | null = null;
  private here: number[] = [];
  private way: number[][] = [];

  constructor(
    private readonly element: HTMLElement,
    plotly: string,
    private readonly onPoint: (x: number, y: number) => void,
  ) {
    this.plot = new Plot(element, plotly);
    element.addEventListener("pointerdown", (event) => this.press(event), true);
  }

  draw(figure: Figure): void {
    this.figure = figure;
    this.refresh();
  }

  /** Ring the point that is shown. */
  mark(point: number[]): void {
    this.here = point;
    this.refresh();
  }

  /** Draw the way between two samples. */
  connect(first: number[], last: number[]): void {
    this.way = [first, last];
    this.refresh();
  }

  redraw(): void {
    this.plot.redraw();
  }

  close(): void {
    this.plot.close();
  }

  private refresh(): void {
    if (this.figure) this.plot.draw({ ...this.figure, data: this.figure.data.map((trace) => this.fill(trace)) });
  }

  private fill(trace: Trace): Trace {
    if (trace.meta?.mark === "here") return { ...trace, x: this.here.slice(0, 1), y: this.here.slice(1, 2) };
    if (trace.meta?.mark === "way") return { ...trace, x: this.way.map(([x]) => x), y: this.way.map(([, y]) => y) };
    return trace;
  }

  /** A click shows a place, and what is shown follows the pointer while it is held. */
  private press(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target as Element).closest(".plot-container") || (event.target as Element).closest(".legend")) return;
    if (!this.tell(event)) return;
    const move = (moved: PointerEvent): void => void this.tell(moved);
    const end = (): void => {
      window.removeEventListener("pointermove", move, true);
      window.removeEventListener("pointerup", end, true);
      window.removeEventListener("pointercancel", end, true);
    };
    window.addEventListener("pointermove", move, true);
    window.addEventListener("pointerup", end, true);
    window.addEventListener("pointercancel", end, true);
  }

  private tell(event: PointerEvent): boolean {
    const layout = (this.element as Drawn)._fullLayout;
    const box = this.element.getBoundingClientRect();
    const x = layout ? readAxis(layout.xaxis, event.clientX - box.left) : null;
    const y = layout ? readAxis(layout.yaxis, event.clientY - box.top) : null;
    if (x === null || y === null) return false;
    this.onPoint(x, y);
    return true;
  }
}
