/** Runs beside each other, as a Streamlit component: mounted once for the same runs, fed by its own polling. */

import { AXES, SMOOTHING } from "../livechart/curves";
import { choice, h } from "../livechart/dom";
import { watchTheme } from "../livechart/theme";
import style from "../livechart/style.css?inline";
import type { Axis } from "../livechart/series";
import type { Split } from "../livechart/types";
import { CompareFeed } from "./feed";
import { Legend } from "./legend";
import type { Sight } from "./lines";
import { ComparePanel } from "./panel";
import { State } from "./state";
import own from "./style.css?inline";
import { Table } from "./table";
import type { View } from "./types";

interface Mounted {
  data: View;
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
}

const SPLITS = [["train", "Train"], ["validation", "Validation"], ["test", "Test"]] as const;
const SEEDS = [["together", "Mean of seeds"], ["each", "Each run"]] as const;
const INTERVAL = "Line: mean over seeds. Band: 95% t-interval of that mean, at steps that all of them have.";
const WAITING = "Nothing was measured on this part of the data yet.";

class Comparison {
  readonly root = h("div", { class: "ll-live ll-compare" });
  readonly key: string;
  private readonly state: State;
  private readonly feed: CompareFeed;
  private readonly legend: Legend;
  private readonly table: Table;
  private readonly panels = new Map<string, ComparePanel>();
  private readonly grid = h("div", { class: "ll-panels" });
  private readonly splits = h("span", { class: "ll-splits" });
  private readonly interval = h("p", { class: "ll-message", hidden: "" }, INTERVAL);
  private readonly empty = h("p", { class: "ll-empty", hidden: "" }, WAITING);
  private readonly trouble = h("p", { class: "ll-message", role: "status" });
  private readonly hidden = new Set<string>();
  private readonly forget: () => void;
  private sight: Sight;
  private isChosen = false;

  constructor(
    view: View,
    parent: HTMLElement,
    open: (run: string) => void,
  ) {
    this.key = JSON.stringify(view);
    this.state = new State(view);
    const isGrouped = view.groups.length > 0;
    this.sight = { axis: "step", smoothing: 0, split: "validation", isGrouped, hidden: this.hidden, lit: "" };
    this.feed = new CompareFeed(this.state, "validation", () => this.update(), (sentence) => (this.trouble.textContent = sentence));
    this.legend = new Legend(this.state, {
      toggle: (id) => this.toggle(id),
      light: (lit) => lit !== this.sight.lit && this.change({ lit }),
    });
    this.table = new Table(this.state, open);
    this.root.append(h("style", {}, style + own), this.buildTools(), this.legend.element, this.interval, this.trouble, this.empty, this.grid, this.table.element);
    parent.append(this.root);
    this.forget = watchTheme(this.root, () => this.panels.forEach((panel) => panel.plot.redraw()));
    this.feed.start();
  }

  close(): void {
    this.feed.stop();
    this.forget();
    for (const panel of this.panels.values()) panel.plot.close();
    this.root.remove();
  }

  private buildTools(): HTMLElement {
    const seeds = choice("Runs that differ only in their seed", SEEDS, "together", (value) => this.change({ isGrouped: value === "together" }));
    return h(
      "div",
      { class: "ll-tools" },
      choice("Horizontal axis", AXES, "step", (axis: Axis) => this.change({ axis })),
      choice("Smoothing", SMOOTHING, "0", (value) => this.change({ smoothing: Number(value) })),
      this.splits,
      this.state.view.groups.length ? seeds : null,
    );
  }

  private change(part: Partial<Sight>): void {
    this.sight = { ...this.sight, ...part };
    this.update();
  }

  private toggle(id: string): void {
    if (!this.hidden.delete(id)) this.hidden.add(id);
    this.change({ lit: "" });
  }

  private turnTo(split: Split): void {
    this.isChosen = true;
    this.feed.turnTo(split);
    this.change({ split });
  }

  /** Where nothing is measured on validation, what is learned from is shown, until a person chooses. */
  private chooseSplit(): void {
    const measured = this.state.splits();
    if (!this.isChosen && measured.length && !measured.includes(this.sight.split)) this.turnTo(measured[0]!);
    const offered = SPLITS.filter(([split]) => measured.includes(split));
    const key = `${offered.join()} ${this.sight.split}`;
    if (this.splits.dataset["key"] === key) return;
    this.splits.dataset["key"] = key;
    const switches = choice("Part of the data", offered, this.sight.split, (split: Split) => this.turnTo(split));
    this.splits.replaceChildren(...(offered.length > 1 ? [switches] : []));
  }

  private update(): void {
    this.chooseSplit();
    const { split, isGrouped } = this.sight;
    const names = this.state.names(split);
    for (const name of names) if (!this.panels.has(name)) this.add(name);
    for (const [name, panel] of this.panels) {
      panel.element.hidden = !names.includes(name);
      if (names.includes(name)) panel.update(this.sight);
    }
    this.empty.hidden = names.length > 0;
    this.interval.hidden = !(isGrouped && this.state.view.groups.length);
    this.legend.update(isGrouped, this.hidden);
    this.table.update(split, isGrouped);
  }

  private add(name: string): void {
    const known = this.state.view.panels.find((panel) => panel.name === name);
    const panel = new ComparePanel(name, known?.title ?? name.replaceAll(/[_.]/g, " "), this.state);
    this.panels.set(name, panel);
    this.grid.append(panel.element);
  }
}

const mounted = new WeakMap<HTMLElement, Comparison>();

/** Streamlit calls this at every rerun of the page; the view stays while the runs are the same. */
export default function mount(component: Mounted): () => void {
  const { data, parentElement } = component;
  const current = mounted.get(parentElement);
  if (current?.key !== JSON.stringify(data)) {
    current?.close();
    mounted.set(parentElement, new Comparison(data, parentElement, (run) => component.setTriggerValue("open", run)));
  }
  return () => {
    mounted.get(parentElement)?.close();
    mounted.delete(parentElement);
  };
}
