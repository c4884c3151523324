/** A series as an input: what came so far as a line that can be drawn over, and what the network says comes next. */

import type { Control, Input, Value } from "./controls";
import { h } from "./dom";

type Row = Record<string, number>;

const WIDTH = 400;
const HEIGHT = 120;
const EDGE = 6;
const SPACE = "http://www.w3.org/2000/svg";

/** The place of each step across the drawing, and of each value in it. */
export class Frame {
  private readonly low: number;
  private readonly high: number;

  constructor(
    values: readonly number[],
    private readonly steps: number,
  ) {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const room = (high - low || Math.abs(high) || 1) * 0.05;
    [this.low, this.high] = [low - room, high + room];
  }

  at(step: number, value: number): [number, number] {
    const across = EDGE + (step / Math.max(1, this.steps - 1)) * (WIDTH - 2 * EDGE);
    return [across, HEIGHT - EDGE - ((value - this.low) / (this.high - this.low)) * (HEIGHT - 2 * EDGE)];
  }

  /** The step and the value at a place of the drawing. */
  read(x: number, y: number): [number, number] {
    const step = Math.round(((x - EDGE) / (WIDTH - 2 * EDGE)) * Math.max(1, this.steps - 1));
    return [step, this.low + ((HEIGHT - EDGE - y) / (HEIGHT - 2 * EDGE)) * (this.high - this.low)];
  }

  path(values: readonly number[], start = 0): string {
    return values.map((value, place) => `${place ? "L" : "M"}${this.at(start + place, value).map((number) => number.toFixed(1)).join(" ")}`).join("");
  }
}

export class SeriesControl implements Control {
  readonly element = h("div", { class: "ll-series" });
  private rows: Row[] = [];
  private forecast: number[] = [];
  private frame: Frame | null = null;
  private readonly past = draw("path", { class: "ll-past" });
  private readonly next = draw("path", { class: "ll-next" });
  private readonly picture = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  private readonly last = h("input", { type: "number", step: "any", "aria-label": "Last value" });
  private readonly column: string;

  constructor(
    input: Input,
    private readonly onChange: () => void,
  ) {
    this.column = input.columns[0] ?? input.field;
    this.picture.append(this.past, this.next);
    this.picture.setAttribute("aria-label", `${this.column}, and its forecast`);
    this.picture.setAttribute("title", "Draw over the line to change it");
    this.picture.onpointerdown = (event) => this.picture.setPointerCapture(event.pointerId);
    this.picture.onpointermove = (event) => this.bend(event);
    this.last.oninput = () => this.change(this.rows.length - 1, this.last.valueAsNumber);
    const label = h("label", {}, h("span", {}, `last ${this.column}`), this.last);
    this.element.append(this.picture as unknown as HTMLElement, h("div", { class: "ll-form" }, label));
  }

  read(): Value | null {
    return this.rows.length ? this.rows : null;
  }

  set(value: Value): void {
    this.rows = (value as (Row | number)[]).map((row) => (typeof row === "number" ? { [this.column]: row } : { ...row }));
    this.forecast = [];
    this.frame = null;
    this.redraw();
  }

  /** What the network says comes next. */
  answer(values: readonly number[]): void {
    this.forecast = [...values];
    this.redraw();
  }

  private get values(): number[] {
    return this.rows.map((row) => row[this.column] ?? 0);
  }

  private bend(event: PointerEvent): void {
    if (!event.buttons || !this.frame) return;
    const box = this.picture.getBoundingClientRect();
    const [step, value] = this.frame.read(((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT);
    this.change(step, Number(value.toPrecision(5)));
  }

  private change(step: number, value: number): void {
    const row = this.rows[step];
    if (!row || !Number.isFinite(value)) return;
    row[this.column] = value;
    this.redraw();
    this.onChange();
  }

  private redraw(): void {
    const values = this.values;
    if (!values.length) return;
    // The frame stays while a line is drawn over, or it would flee from the pointer.
    this.frame ??= new Frame(values, values.length + Math.max(this.forecast.length, Math.round(values.length / 5)));
    this.past.setAttribute("d", this.frame.path(values));
    const ahead = this.forecast.length ? [values[values.length - 1] ?? 0, ...this.forecast] : [];
    this.next.setAttribute("d", this.frame.path(ahead, values.length - 1));
    if (document.activeElement !== this.last) this.last.value = String(values[values.length - 1]);
  }
}

function draw<K extends "svg" | "path">(tag: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
