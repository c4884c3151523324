/** What came of the runs and what they have set: a row each, sorted by any column, with what differs or with everything. */

import { h } from "../livechart/dom";
import type { Split } from "../livechart/types";
import { formatSeconds, nameState } from "../livechart/words";
import { lookOf } from "./legend";
import { isGroup, listDrawn } from "./lines";
import { drawMark } from "./marks";
import type { State } from "./state";
import { type Cell, type Column, listOutcomes, runsOf } from "./outcomes";
import { orderBy, readKey } from "./summary";
import type { Group, Run, View } from "./types";

export class Table {
  readonly element = h("section", { class: "ll-beside", "aria-label": "Results and settings" });
  private readonly place = h("div", { class: "ll-wide", tabindex: "0", role: "region", "aria-label": "Results and settings, a row for each run" });
  private readonly note = h("span", { class: "ll-soft" });
  private readonly all = h("input", { type: "checkbox" });
  private sorted = { id: "", isDown: false };
  private drawn = "";
  private sight: { split: Split; isGrouped: boolean } | undefined;

  constructor(
    private readonly state: State,
    private readonly open: (run: string) => void,
  ) {
    this.all.onchange = () => this.redraw();
    const tools = [this.note, h("span", { class: "ll-space" }), h("label", {}, this.all, " Show all settings"), download(state.view)];
    this.element.append(h("header", { class: "ll-tools" }, h("h3", {}, "Results and settings"), ...tools), this.place);
  }

  update(split: Split, isGrouped: boolean): void {
    this.sight = { split, isGrouped };
    this.redraw();
  }

  private redraw(): void {
    if (!this.sight) return;
    const rows = listDrawn(this.state, this.sight.isGrouped);
    const columns = this.columns(rows, this.sight.split);
    const drawn = JSON.stringify([rows.map(({ id }) => id), columns, this.sorted]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const differing = this.state.view.settings.filter((setting) => setting.differs).length;
    this.note.textContent = differing ? `${differing} differ` : "their settings are the same";
    const { scrollLeft } = this.place;
    const focused = (document.activeElement as HTMLElement | null)?.dataset["column"];
    this.place.replaceChildren(this.build(rows, columns));
    this.place.scrollLeft = scrollLeft;
    if (focused) this.place.querySelector<HTMLElement>(`[data-column="${CSS.escape(focused)}"]`)?.focus();
  }

  private build(rows: (Run | Group)[], columns: Column[]): HTMLElement {
    const by = columns.find((column) => column.id === this.sorted.id);
    const order = by ? orderBy(by.cells.map((cell) => cell.key), this.sorted.isDown) : rows.map((_, place) => place);
    const body = order.map((place) => {
      const cells = columns.map((column) => drawCell(column, column.cells[place]!));
      return h("tr", { "data-row": rows[place]!.id }, this.nameCell(rows[place]!), ...cells);
    });
    const head = h("tr", {}, h("th", { scope: "col", class: "ll-name" }, "Run"), ...columns.map((column) => this.headCell(column)));
    return h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
  }

  private headCell(column: Column): HTMLElement {
    const isBy = column.id === this.sorted.id;
    const arrow = isBy ? (this.sorted.isDown ? " ↓" : " ↑") : "";
    const button = h("button", { type: "button", class: "ll-quiet", title: column.title, "data-column": column.id }, column.name + arrow);
    button.onclick = () => {
      const isThird = isBy && this.sorted.isDown;
      this.sorted = isThird ? { id: "", isDown: false } : { id: column.id, isDown: isBy };
      this.redraw();
    };
    const order = isBy ? (this.sorted.isDown ? "descending" : "ascending") : "none";
    return h("th", { scope: "col", "aria-sort": order, ...(column.isNumber ? { class: "ll-number" } : {}) }, button);
  }

  private nameCell(one: Run | Group): HTMLElement {
    const cell = h("th", { scope: "row", class: "ll-name" }, drawMark(lookOf(one)));
    if (isGroup(one)) cell.append(h("span", { title: one.name }, one.name));
    else {
      const link = h("button", { type: "button", class: "ll-link", title: `Open ${one.name}` }, one.name);
      link.onclick = () => this.open(one.id);
      cell.append(link);
    }
    return cell;
  }

  private columns(rows: (Run | Group)[], split: Split): Column[] {
    const { panels, settings } = this.state.view;
    const names = new Set(this.state.names(split));
    const metrics = panels.filter((panel) => names.has(panel.name)).flatMap((panel) => listOutcomes(this.state, rows, panel, split));
    const shown = this.all.checked ? settings : settings.filter((setting) => setting.differs);
    const own = shown.map((setting) => {
      const cells = rows.map((one) => tellSetting(setting.values, this.placesOf(one)));
      return { id: setting.path, name: setting.name, title: setting.path, isNumber: false, cells };
    });
    return [this.statuses(rows), this.durations(rows), ...metrics, ...own];
  }

  private statuses(rows: (Run | Group)[]): Column {
    const cells = rows.map((one) => {
      const words = runsOf(one).map((run) => nameState(this.state.of(run).status, ""));
      return wordCell([...new Set(words)].map((word) => tally(word, words)).join(", "));
    });
    return { id: "status", name: "Status", title: "How each ended, or where it is", isNumber: false, cells };
  }

  private durations(rows: (Run | Group)[]): Column {
    const cells = rows.map((one) => {
      const all = runsOf(one).flatMap((run) => this.state.of(run).progress?.seconds ?? []);
      const mean = all.length ? all.reduce((sum, seconds) => sum + seconds, 0) / all.length : null;
      return { text: mean === null ? "–" : formatSeconds(mean), key: mean };
    });
    return { id: "time", name: "Time", title: "Time of training; of several seeds their mean", isNumber: true, cells };
  }

  private placesOf(one: Run | Group): number[] {
    return runsOf(one).map((id) => this.state.view.runs.findIndex((run) => run.id === id));
  }
}

const wordCell = (text: string): Cell => ({ text: text || "–", key: text || null });

function tally(word: string, words: string[]): string {
  const count = words.filter((one) => one === word).length;
  return words.length > 1 ? `${count} ${word.toLowerCase()}` : word;
}

/** A setting of several runs at once: one value, or all that there are. */
function tellSetting(values: readonly string[], places: readonly number[]): Cell {
  const text = [...new Set(places.map((place) => values[place] ?? "–"))].join(", ");
  return { text, key: readKey(text), title: text };
}

function drawCell(column: Column, cell: Cell): HTMLElement {
  const classes = [column.isNumber ? "ll-number" : "", cell.isBest ? "ll-best" : ""].join(" ").trim();
  const attributes = { ...(classes ? { class: classes } : {}), ...(cell.title ? { title: cell.title } : {}) };
  const star = cell.isBest ? h("span", { class: "ll-star", role: "img", "aria-label": "best" }, "★") : null;
  return h("td", attributes, star, cell.text);
}

function download(view: View): HTMLElement {
  const title = "Every point of every curve of these runs, a row each";
  return h("a", { href: view.numbers, download: "", target: "_self", title, class: "ll-button" }, "CSV");
}
