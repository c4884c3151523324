/** A place to draw with mouse, pen, finger or keys, which also takes a picture: chosen, dropped or pasted. */

import type { Control, Input, Value } from "./controls";
import { h } from "./dom";
import { moveByKey, type Point, type Stroke, Strokes } from "./strokes";

const SIDE = 224;
const GREY_PEN = 16 / SIDE;
const COLOUR_PEN = 12 / SIDE;
const GREY_INK = "#ffffff";
const COLOURS = ["#1d2129", "#d43c34", "#e8833a", "#e6c63c", "#4c9a4f", "#3b8fd9", "#7a5ac8", "#8a5a3c"] as const;
const HELP = "Arrow keys move the pen, space puts it down and lifts it, backspace takes a stroke back, delete clears.";

export class Board implements Control {
  readonly element = h("div", { class: "ll-draw" });
  private readonly canvas = h("canvas", { width: String(SIDE), height: String(SIDE), tabindex: "0", role: "application", "aria-label": `Draw here. ${HELP}` });
  private readonly brush = this.canvas.getContext("2d", { willReadFrequently: true })!;
  private readonly picker = h("input", { type: "file", accept: "image/*", hidden: "" });
  private readonly hint = h("span", { class: "ll-hint" });
  private readonly pen = h("i", { class: "ll-pen", hidden: "" });
  private readonly eraser = button("Erase", () => this.erase(this.eraser.getAttribute("aria-pressed") !== "true"));
  private readonly strokes = new Strokes();
  private readonly isGrey: boolean;
  private ink: string;
  private picture: string | null = null;
  private at: Point = [0.5, 0.5];
  private isDown = false;

  constructor(
    input: Input,
    private readonly onChange: () => void,
  ) {
    this.isGrey = input.shape[0] === 1;
    this.ink = this.isGrey ? GREY_INK : COLOURS[0];
    this.hint.textContent = "Draw here, or drop a picture";
    this.eraser.setAttribute("aria-pressed", "false");
    this.picker.onchange = () => this.take(this.picker.files?.[0]);
    const tools = [
      button("Undo", () => this.undo()),
      this.eraser,
      button("Clear", () => this.clear()),
      button("Upload", () => this.picker.click()),
    ];
    this.element.append(
      h("div", { class: "ll-board" }, this.canvas, this.hint, this.pen),
      ...(this.isGrey ? [] : [this.buildColours()]),
      h("div", { class: "ll-buttons" }, ...tools, this.picker),
    );
    this.listen();
    this.repaint();
  }

  read(): Value | null {
    if (this.picture) return { picture: this.picture };
    if (this.strokes.isEmpty) return null;
    const drawn = this.canvas.toDataURL("image/png").split(",")[1] ?? "";
    return this.isGrey ? { drawing: drawn } : { picture: drawn };
  }

  set(value: Value): void {
    if (typeof value !== "object" || !("picture" in value)) return;
    this.strokes.clear();
    this.picture = value.picture as string;
    this.show(`data:image/png;base64,${this.picture}`);
  }

  private listen(): void {
    this.canvas.onpointerdown = (event) => this.begin(event);
    this.canvas.onkeydown = (event) => this.press(event);
    this.canvas.onblur = () => {
      this.isDown = false;
      this.pen.hidden = true;
    };
    this.canvas.ondragover = (event) => event.preventDefault();
    this.canvas.ondrop = (event) => this.drop(event);
    this.canvas.onpaste = (event) => this.take([...(event.clipboardData?.files ?? [])][0]);
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.pen.hidden = true;
    this.canvas.setPointerCapture(event.pointerId);
    this.putDown(this.locate(event));
    this.canvas.onpointermove = (move) => {
      for (const piece of move.getCoalescedEvents?.() ?? [move]) this.lead(this.locate(piece));
      this.onChange();
    };
    this.canvas.onpointerup = this.canvas.onpointercancel = () => {
      this.canvas.onpointermove = null;
      this.onChange();
    };
  }

  private locate(event: PointerEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  private press(event: KeyboardEvent): void {
    const to = moveByKey(this.at, event.key, event.shiftKey);
    const isUndo = event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey));
    if (to) this.moveTo(to);
    else if (event.key === " ") this.toggle();
    else if (isUndo) this.undo();
    else if (event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private moveTo(to: Point): void {
    this.at = to;
    this.showPen();
    if (!this.isDown) return;
    this.lead(to);
    this.onChange();
  }

  private toggle(): void {
    this.isDown = !this.isDown;
    this.showPen();
    if (!this.isDown) return;
    this.putDown(this.at);
    this.onChange();
  }

  private showPen(): void {
    this.pen.hidden = false;
    this.pen.style.left = `${this.at[0] * 100}%`;
    this.pen.style.top = `${this.at[1] * 100}%`;
    this.pen.classList.toggle("ll-down", this.isDown);
  }

  private putDown(at: Point): void {
    if (this.picture) this.empty();
    this.hint.hidden = true;
    const isErasing = this.eraser.getAttribute("aria-pressed") === "true";
    const width = (this.isGrey ? GREY_PEN : COLOUR_PEN) * (isErasing ? 1.5 : 1);
    this.paint(this.strokes.begin(at, isErasing ? null : this.ink, width));
  }

  private lead(to: Point): void {
    const piece = this.strokes.extend(to);
    const stroke = this.strokes.all.at(-1);
    if (piece && stroke) this.paint({ ...stroke, points: [...piece] });
  }

  private paint({ ink, width, points }: Stroke): void {
    const [first, ...others] = points;
    if (!first) return;
    this.brush.strokeStyle = ink ?? this.paper;
    this.brush.lineWidth = width * SIDE;
    this.brush.lineCap = this.brush.lineJoin = "round";
    this.brush.beginPath();
    this.brush.moveTo(first[0] * SIDE, first[1] * SIDE);
    for (const point of others.length ? others : [first]) this.brush.lineTo(point[0] * SIDE, point[1] * SIDE);
    this.brush.stroke();
  }

  private get paper(): string {
    return this.isGrey ? "#000000" : "#ffffff";
  }

  private repaint(): void {
    this.brush.fillStyle = this.paper;
    this.brush.fillRect(0, 0, SIDE, SIDE);
    for (const stroke of this.strokes.all) this.paint(stroke);
    this.hint.hidden = !this.strokes.isEmpty;
  }

  private undo(): void {
    this.isDown = false;
    if (this.picture) this.empty();
    else if (this.strokes.undo()) this.repaint();
    this.onChange();
  }

  private clear(): void {
    this.isDown = false;
    this.empty();
    this.erase(false);
    this.onChange();
  }

  private empty(): void {
    this.picture = null;
    this.strokes.clear();
    this.repaint();
  }

  private erase(isErasing: boolean): void {
    this.eraser.setAttribute("aria-pressed", String(isErasing));
  }

  private buildColours(): HTMLElement {
    const row = h("div", { class: "ll-colours", role: "group", "aria-label": "Colour" });
    for (const [place, colour] of COLOURS.entries()) {
      const swatch = button("", () => {
        this.ink = colour;
        this.erase(false);
        for (const other of row.children) other.setAttribute("aria-pressed", String(other === swatch));
      });
      swatch.style.background = colour;
      swatch.setAttribute("aria-label", `Colour ${place + 1} of ${COLOURS.length}`);
      swatch.setAttribute("aria-pressed", String(place === 0));
      row.append(swatch);
    }
    return row;
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
      this.strokes.clear();
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
      this.brush.fillStyle = "#000";
      this.brush.fillRect(0, 0, SIDE, SIDE);
      this.brush.imageSmoothingEnabled = scale < 2;
      this.brush.drawImage(image, (SIDE - image.width * scale) / 2, (SIDE - image.height * scale) / 2, image.width * scale, image.height * scale);
    };
    image.src = address;
  }
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = h("button", { type: "button" }, text);
  made.onclick = act;
  return made;
}
