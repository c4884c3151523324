/** Ways to give a network an input: a place to draw, a picture, numbers with their ranges, a choice of names. */

import { h } from "./dom";

export interface Input {
  field: string;
  kind: string;
  shape: number[];
  columns: string[];
  classes: string[];
  low: number[];
  high: number[];
  mean: number[];
}

export interface Question {
  inputs: Input[];
}

export type Value = number | string | Record<string, number> | { drawing: string } | { picture: string };

export interface Control {
  element: HTMLElement;
  /** The value as it stands; null while there is none. */
  read(): Value | null;
  set(value: Value): void;
}

export function buildControl(input: Input, onChange: () => void): Control {
  if (input.kind === "image") return new PictureControl(input, onChange);
  if (input.kind === "category") return buildChoice(input, onChange);
  return new NumbersControl(input, onChange);
}

const SIDE = 224;
const PEN = 16;

/** Draw with mouse, pen or finger; or choose, drop or paste a picture. */
class PictureControl implements Control {
  readonly element = h("div", { class: "ll-draw" });
  private readonly canvas = h("canvas", { width: String(SIDE), height: String(SIDE), tabindex: "0", "aria-label": "Draw here" });
  private readonly pen = this.canvas.getContext("2d", { willReadFrequently: true })!;
  private readonly picker = h("input", { type: "file", accept: "image/*", hidden: "" });
  private readonly hint = h("span", { class: "ll-hint" });
  private picture: string | null = null;
  private drawn = false;

  constructor(
    input: Input,
    private readonly onChange: () => void,
  ) {
    const draws = input.shape[0] === 1;
    this.hint.textContent = draws ? "Draw here, or drop a picture" : "Drop or paste a picture";
    const clear = h("button", { type: "button" }, "Clear");
    clear.onclick = () => this.clear();
    const upload = h("button", { type: "button" }, "Upload");
    upload.onclick = () => this.picker.click();
    this.picker.onchange = () => this.take(this.picker.files?.[0]);
    this.element.append(h("div", { class: "ll-board" }, this.canvas, this.hint), h("div", { class: "ll-buttons" }, clear, upload, this.picker));
    this.canvas.ondragover = (event) => event.preventDefault();
    this.canvas.ondrop = (event) => this.drop(event);
    this.canvas.onpaste = (event) => this.take([...(event.clipboardData?.files ?? [])][0]);
    if (draws) this.canvas.onpointerdown = (event) => this.begin(event);
    this.clear();
  }

  read(): Value | null {
    if (this.picture) return { picture: this.picture };
    return this.drawn ? { drawing: this.canvas.toDataURL("image/png").split(",")[1] ?? "" } : null;
  }

  set(value: Value): void {
    if (typeof value !== "object" || !("picture" in value)) return;
    this.picture = value.picture as string;
    this.show(`data:image/png;base64,${this.picture}`);
  }

  private begin(event: PointerEvent): void {
    event.preventDefault();
    if (this.picture) this.clear();
    this.canvas.setPointerCapture(event.pointerId);
    this.hint.hidden = true;
    let [x, y] = this.locate(event);
    this.stroke(x, y, x, y);
    this.canvas.onpointermove = (move) => {
      for (const piece of move.getCoalescedEvents?.() ?? [move]) {
        const [toX, toY] = this.locate(piece);
        this.stroke(x, y, toX, toY);
        [x, y] = [toX, toY];
      }
      this.onChange();
    };
    this.canvas.onpointerup = this.canvas.onpointercancel = () => {
      this.canvas.onpointermove = null;
      this.onChange();
    };
  }

  private locate(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  private stroke(x: number, y: number, toX: number, toY: number): void {
    this.drawn = true;
    this.pen.strokeStyle = "#fff";
    this.pen.lineWidth = PEN;
    this.pen.lineCap = "round";
    this.pen.beginPath();
    this.pen.moveTo(x, y);
    this.pen.lineTo(toX, toY);
    this.pen.stroke();
  }

  private clear(): void {
    this.picture = null;
    this.drawn = false;
    this.hint.hidden = false;
    this.pen.fillStyle = "#000";
    this.pen.fillRect(0, 0, SIDE, SIDE);
    this.onChange();
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.take(event.dataTransfer?.files[0]);
  }

  private take(file: File | undefined): void {
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => {
      const address = String(reader.result);
      this.picture = address.split(",")[1] ?? null;
      this.show(address);
      this.onChange();
    };
    reader.readAsDataURL(file);
    this.picker.value = "";
  }

  private show(address: string): void {
    this.hint.hidden = true;
    const image = new Image();
    image.onload = () => {
      const scale = Math.min(SIDE / image.width, SIDE / image.height);
      this.pen.fillStyle = "#000";
      this.pen.fillRect(0, 0, SIDE, SIDE);
      this.pen.imageSmoothingEnabled = scale < 2;
      this.pen.drawImage(image, (SIDE - image.width * scale) / 2, (SIDE - image.height * scale) / 2, image.width * scale, image.height * scale);
    };
    image.src = address;
  }
}

/** One number, or one for each column, each with a slider over the range of the data. */
class NumbersControl implements Control {
  readonly element = h("div", { class: "ll-form" });
  private readonly fields = new Map<string, { number: HTMLInputElement; slider: HTMLInputElement | null }>();

  constructor(
    private readonly input: Input,
    private readonly onChange: () => void,
  ) {
    const columns = input.columns.length ? input.columns : [input.field];
    columns.forEach((name, place) => this.element.append(this.buildRow(name, place)));
  }

  read(): Value | null {
    const row: Record<string, number> = {};
    for (const [name, { number }] of this.fields) {
      if (number.value === "" || !Number.isFinite(number.valueAsNumber)) return null;
      row[name] = number.valueAsNumber;
    }
    return this.input.kind === "number" ? (Object.values(row)[0] ?? null) : row;
  }

  set(value: Value): void {
    const row = typeof value === "number" ? { [[...this.fields.keys()][0] ?? ""]: value } : (value as Record<string, number>);
    for (const [name, own] of this.fields) {
      if (row[name] === undefined) continue;
      own.number.value = String(row[name]);
      if (own.slider) own.slider.value = own.number.value;
    }
  }

  private buildRow(name: string, place: number): HTMLElement {
    const [low, high] = [this.input.low[place], this.input.high[place]];
    const start = this.input.mean[place] ?? (low !== undefined && high !== undefined ? (low + high) / 2 : 0);
    const number = h("input", { type: "number", step: "any", value: String(Number(start.toPrecision(4))), "aria-label": name });
    const slider = low === undefined || high === undefined || low === high ? null : h("input", { type: "range", min: String(low), max: String(high), step: String((high - low) / 200), tabindex: "-1", "aria-hidden": "true" });
    if (slider) {
      slider.value = number.value;
      slider.oninput = () => {
        number.value = String(Number(slider.valueAsNumber.toPrecision(4)));
        this.onChange();
      };
    }
    number.oninput = () => {
      if (slider) slider.value = number.value;
      this.onChange();
    };
    this.fields.set(name, { number, slider });
    return h("label", {}, h("span", { title: name }, name), slider, number);
  }
}

function buildChoice(input: Input, onChange: () => void): Control {
  const select = h("select", { "aria-label": input.field }, ...input.classes.map((name) => h("option", { value: name }, name)));
  select.onchange = onChange;
  return {
    element: h("div", { class: "ll-form" }, h("label", {}, h("span", {}, input.field), select)),
    read: () => select.value || null,
    set: (value) => {
      select.value = String(value);
    },
  };
}
