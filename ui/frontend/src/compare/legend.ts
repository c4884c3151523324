/** Which line is whose: a click hides and shows it, pointing at it or reaching it with Tab lets the others fade. */

import { h } from "../livechart/dom";
import { nameState } from "../livechart/words";
import { isGroup, listDrawn } from "./lines";
import { drawMark } from "./marks";
import type { State } from "./state";
import type { Group, Look, Run } from "./types";

interface Wishes {
  toggle(id: string): void;
  light(id: string): void;
}

export class Legend {
  readonly element = h("div", { class: "ll-runs", role: "group", "aria-label": "Runs: press to hide or show" });
  private drawn = "";

  constructor(
    private readonly state: State,
    private readonly wishes: Wishes,
  ) {}

  update(isGrouped: boolean, hidden: ReadonlySet<string>): void {
    const entries = listDrawn(this.state, isGrouped);
    const drawn = JSON.stringify(entries.map((one) => [one.id, hidden.has(one.id), this.tell(one)]));
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = (document.activeElement as HTMLElement | null)?.dataset["line"];
    this.element.replaceChildren(...entries.map((one) => this.entry(one, !hidden.has(one.id))));
    if (focused) this.element.querySelector<HTMLElement>(`[data-line="${CSS.escape(focused)}"]`)?.focus();
  }

  private entry(one: Run | Group, isShown: boolean): HTMLElement {
    const state = h("small", {}, this.tell(one));
    const attributes = { type: "button", class: "ll-run", "aria-pressed": String(isShown), "data-line": one.id, title: one.name };
    const button = h("button", attributes, drawMark(lookOf(one)), h("span", {}, one.name), state);
    button.onclick = () => this.wishes.toggle(one.id);
    button.onmouseenter = button.onfocus = () => this.wishes.light(isShown ? one.id : "");
    button.onmouseleave = button.onblur = () => this.wishes.light("");
    return button;
  }

  /** What is worth telling: that a run is not over yet, or did not end well. */
  private tell(one: Run | Group): string {
    if (isGroup(one)) {
      const going = one.runs.filter((run) => ["running", "queued"].includes(this.state.of(run).status)).length;
      return going ? `${going} of ${one.runs.length} going on` : "";
    }
    const { status, error } = this.state.of(one.id);
    return error ? "cannot be read" : status === "" || status === "finished" ? "" : nameState(status, "").toLowerCase();
  }
}

export function lookOf(one: Run | Group): Look {
  return (isGroup(one) ? one.traces[2] : one.line) as unknown as Look;
}
