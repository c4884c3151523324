/** One waiting run: its place, its name, what it waits for, and the buttons that move it. */

import { h } from "../livechart/dom";

export interface Waiting {
  id: string;
  name: string;
  turn: string;
}

const MOVES = [
  ["first", "First", (name: string) => `Put “${name}” first`],
  ["up", "Up", (name: string) => `Move “${name}” up`],
  ["down", "Down", (name: string) => `Move “${name}” down`],
] as const;

export class Line {
  readonly element: HTMLElement;
  onOpen = (): void => undefined;
  onMove: (to: string) => void = () => undefined;
  onCancel = (): void => undefined;
  onAsk: (isAsking: boolean) => void = () => undefined;

  constructor(
    readonly run: Waiting,
    place: number,
    count: number,
    isAsking: boolean,
  ) {
    const name = this.button("open", run.name, `Open “${run.name}”`, () => this.onOpen());
    name.classList.add("ll-queue-name");
    this.element = h(
      "li",
      { "data-run": run.id },
      h("b", {}, `${place + 1}`),
      name,
      h("span", {}, isAsking ? "Cancel it? It leaves the queue; what it has trained so far is kept." : run.turn),
      ...(isAsking ? this.buildQuestion() : this.buildMoves(place, count)),
    );
  }

  private buildMoves(place: number, count: number): HTMLElement[] {
    const moves = MOVES.map(([to, label, title]) => {
      const button = this.button(to, label, title(this.run.name), () => this.onMove(to));
      button.disabled = to === "down" ? place === count - 1 : place === 0;
      return button;
    });
    return [...moves, this.button("cancel", "Cancel", `Cancel “${this.run.name}”`, () => this.onAsk(true))];
  }

  private buildQuestion(): HTMLElement[] {
    const keep = this.button("keep", "Keep waiting", `Let “${this.run.name}” wait`, () => this.onAsk(false));
    const sure = this.button("sure", "Cancel the run", `Cancel the run “${this.run.name}”`, () => this.onCancel());
    sure.classList.add("ll-queue-sure");
    for (const button of [keep, sure]) {
      button.onkeydown = (event) => {
        if (event.key === "Escape") this.onAsk(false);
      };
    }
    return [keep, sure];
  }

  private button(what: string, text: string, label: string, onClick: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", "aria-label": label, "data-at": `${this.run.id} ${what}` }, text);
    button.onclick = onClick;
    return button;
  }
}
