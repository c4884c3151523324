/** Ways to give a network an input: a place to draw, a picture, numbers with their ranges, a choice of names, a text. */

import { Board } from "./board";
import type { Control, Input, Value } from "./controls";
import { h } from "./dom";
import { SeriesControl } from "./series_input";

export function buildControl(input: Input, onChange: () => void): Control {
  if (input.kind === "image") return new Board(input, onChange);
  if (input.kind === "category") return buildChoice(input, onChange);
  if (input.kind === "text") return buildWriting(input, onChange);
  return input.steps ? new SeriesControl(input, onChange) : new NumbersControl(input, onChange);
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
  const open = input.open ? [h("option", { value: "" }, "– the highest –")] : [];
  const select = h("select", { "aria-label": input.field }, ...open, ...input.classes.map((name) => h("option", { value: name }, name)));
  select.value = input.classes[0] ?? "";
  select.onchange = onChange;
  return {
    element: h("div", { class: "ll-form" }, h("label", {}, h("span", {}, input.field), select)),
    read: () => select.value || null,
    isOpen: () => input.open && !select.value,
    set: (value) => {
      select.value = String(value);
    },
  };
}

function buildWriting(input: Input, onChange: () => void): Control {
  const area = h("textarea", { rows: "3", "aria-label": input.field, placeholder: "Type a sentence" });
  area.oninput = onChange;
  return {
    element: h("div", { class: "ll-write" }, area),
    read: () => (area.value.trim() ? area.value : null),
    set: (value) => {
      area.value = Array.isArray(value) ? value.join(" ") : String(value);
    },
  };
}
