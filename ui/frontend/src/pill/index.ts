/** The running training, small, on every page: how far it is, how many runs wait, and a click to see them. */

import { h } from "../livechart/dom";
import style from "./style.css?inline";

interface Active {
  id: string;
  name: string;
  phase: string;
  part: number;
}

interface Mounted {
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
}

/** The header lies above everything in the page, so the pill lives beside it, where the theme's variables do not reach. */
const THEME = ["background-color", "text-color", "primary-color", "border-color", "green-color", "font"];
const WAITING = "waiting";
const PERIOD = 1500;
const PERIOD_HIDDEN = 8000;

class Pill {
  private readonly root = h("div", { class: "ll-pills" });
  private readonly list = h("div");
  private timer = 0;
  private closed = false;

  constructor(
    private readonly parent: HTMLElement,
    private component: Mounted,
  ) {
    this.root.append(h("style", {}, style), this.list);
    (document.querySelector(".stApp") ?? document.body).append(this.root);
    void this.ask();
  }

  update(component: Mounted): void {
    this.component = component;
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.root.remove();
  }

  private async ask(): Promise<void> {
    try {
      const answer = await fetch("/api/runs", { cache: "no-store" });
      if (answer.ok) this.show((await answer.json()) as Active[]);
    } catch {
      this.show([]);
    }
    if (!this.closed) this.timer = window.setTimeout(() => void this.ask(), document.hidden ? PERIOD_HIDDEN : PERIOD);
  }

  private show(runs: Active[]): void {
    const styles = getComputedStyle(this.parent);
    for (const name of THEME) this.root.style.setProperty(`--st-${name}`, styles.getPropertyValue(`--st-${name}`));
    const known = new Map([...this.root.querySelectorAll<HTMLElement>("button")].map((button) => [button.dataset["run"], button]));
    const waiting = runs.filter((run) => run.phase === "waiting");
    const pills = runs
      .filter((run) => run.phase !== "waiting")
      .map((run) => {
        const pill = known.get(run.id) ?? this.build(run);
        const percent = Math.round(run.part * 100);
        pill.style.setProperty("--part", String(run.part));
        pill.title = `${run.name}: ${run.phase}, ${percent}%`;
        pill.lastElementChild!.textContent = `${percent}%`;
        return pill;
      });
    this.list.replaceChildren(...pills, ...(waiting.length ? [this.count(waiting, known.get(WAITING))] : []));
  }

  private count(waiting: Active[], known: HTMLElement | undefined): HTMLElement {
    const pill = known ?? h("button", { type: "button", "data-run": WAITING, class: "ll-pill-waiting" }, h("span"));
    pill.onclick = () => this.component.setTriggerValue("open", { run: WAITING });
    pill.title = waiting.map((run) => run.name).join(", ");
    pill.firstElementChild!.textContent = `${waiting.length} waiting`;
    return pill;
  }

  private build(run: Active): HTMLElement {
    const pill = h("button", { type: "button", "data-run": run.id }, h("i"), h("span", {}, run.name), h("b"));
    pill.onclick = () => this.component.setTriggerValue("open", { run: run.id });
    return pill;
  }
}

const pills = new WeakMap<object, Pill>();

export default function mount(component: Mounted): () => void {
  const parent = component.parentElement;
  const pill = pills.get(parent) ?? new Pill(parent, component);
  pill.update(component);
  pills.set(parent, pill);
  return () => {
    pills.get(parent)?.close();
    pills.delete(parent);
  };
}
