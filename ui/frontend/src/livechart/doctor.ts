/** The doctor's list beside the curves: what goes wrong while the network learns, and buttons that mend it in the project. */

import { type Diagnosis, listOpen, tellSince } from "./diagnoses";
import { h } from "./dom";

const SILENT = "Layerloom does not answer. Is it still running?";
const nameRepairs = (entry: Diagnosis): string => entry.finding.repairs.map((repair) => repair.title).join("\n");
const DONE = "Done in the project. Train again to see it work.";

export class Doctor {
  readonly element = h("section", { class: "ll-doctor ll-panel", "aria-label": "Doctor", hidden: "" });
  private readonly list = h("ul", { "aria-live": "polite" });
  private readonly known = new Map<string, Diagnosis>();
  private readonly items = new Map<string, HTMLElement>();

  constructor(
    private readonly run: string,
    private readonly onMended: () => void,
  ) {
    this.element.append(h("header", {}, h("h4", {}, "Doctor")), this.list);
  }

  update(changed: readonly Diagnosis[]): void {
    if (!changed.length) return;
    for (const entry of changed) {
      const before = this.known.get(entry.key);
      const isSame = before && nameRepairs(before) === nameRepairs(entry);
      const item = (isSame && this.items.get(entry.key)) || this.build(entry);
      this.known.set(entry.key, entry);
      item.querySelector("p")!.textContent = entry.finding.message;
      item.querySelector(".ll-since")!.textContent = tellSince(entry);
    }
    const open = listOpen(this.known.values());
    const wanted = open.map((entry) => this.items.get(entry.key)!);
    if (wanted.length !== this.list.children.length || wanted.some((item, place) => this.list.children[place] !== item)) {
      this.list.replaceChildren(...wanted);
    }
    this.element.hidden = !open.length;
  }

  private build(entry: Diagnosis): HTMLElement {
    const outcome = h("span", { class: "ll-outcome", role: "status" });
    const buttons = entry.finding.repairs.map((repair) => {
      const button = h("button", { type: "button" }, repair.title);
      button.onclick = () => void this.mend(entry.key, repair.title, button, outcome);
      return button;
    });
    const foot = h("div", { class: "ll-repairs" }, ...buttons, outcome);
    const item = h("li", { "data-code": entry.finding.code, "data-severity": entry.finding.severity }, h("p", {}), h("span", { class: "ll-since" }), foot);
    this.items.set(entry.key, item);
    return item;
  }

  private async mend(key: string, repair: string, button: HTMLButtonElement, outcome: HTMLElement): Promise<void> {
    button.disabled = true;
    try {
      const answer = await fetch(`/api/runs/${encodeURIComponent(this.run)}/repair`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ key, repair }),
      });
      const told = (await answer.json()) as { error?: string };
      outcome.textContent = answer.ok ? DONE : (told.error ?? SILENT);
      if (answer.ok) this.onMended();
      button.disabled = answer.ok;
    } catch {
      outcome.textContent = SILENT;
      button.disabled = false;
    }
  }
}
