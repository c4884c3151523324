/** The running training, small, on every page: how far it is, how many runs wait, and a click to see them; and the way back. */

import { h } from "../livechart/dom";
import { mountOnce, Polling, type Mounted } from "../polling";
import { completeInPlace } from "./address";
import style from "./style.css?inline";

interface Active {
  id: string;
  name: string;
  phase: string;
  part: number;
}

/** The header lies above everything in the page, so the pill lives beside it, where the theme's variables do not reach. */
const THEME = ["background-color", "text-color", "primary-color", "border-color", "green-color", "font"];
const WAITING = "waiting";
const TABLE = "table";
/** Streamlit's own link to the page that is open does nothing, and would leave one inside of a run or a comparison. */
const OPEN_PAGE = '[data-testid="stTopNavLink"][aria-current="page"]';

class Pill {
  private readonly root = h("div", { class: "ll-pills" });
  private readonly list = h("div");
  private readonly polling: Polling;

  constructor(
    private readonly parent: HTMLElement,
    private component: Mounted,
  ) {
    this.root.append(h("style", {}, style), this.list);
    (document.querySelector(".stApp") ?? document.body).append(this.root);
    document.addEventListener("click", this.onClick);
    completeInPlace();
    this.polling = new Polling(() => this.ask());
  }

  update(component: Mounted): void {
    this.component = component;
  }

  close(): void {
    this.polling.close();
    document.removeEventListener("click", this.onClick);
    this.root.remove();
  }

  private readonly onClick = (event: MouseEvent): void => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(OPEN_PAGE);
    if (link?.pathname === "/runs" && location.search) this.open(TABLE);
  };

  private open(run: string): void {
    this.component.setTriggerValue("open", { run });
  }

  private async ask(): Promise<void> {
    try {
      const answer = await fetch("/api/runs", { cache: "no-store" });
      if (answer.ok) this.show((await answer.json()) as Active[]);
    } catch {
      this.show([]);
    }
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
    pill.onclick = () => this.open(TABLE);
    pill.title = waiting.map((run) => run.name).join(", ");
    pill.firstElementChild!.textContent = `${waiting.length} waiting`;
    return pill;
  }

  private build(run: Active): HTMLElement {
    const pill = h("button", { type: "button", "data-run": run.id }, h("i"), h("span", {}, run.name), h("b"));
    pill.onclick = () => this.open(run.id);
    return pill;
  }
}

export default mountOnce((component) => new Pill(component.parentElement, component));
