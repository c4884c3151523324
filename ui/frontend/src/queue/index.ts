/** The runs that wait for their device, in their order, which can be changed here. */

import { h } from "../livechart/dom";
import { mountOnce, Polling, type Mounted } from "../polling";
import { Line, type Waiting } from "./line";
import style from "./style.css?inline";

const SILENT = "Layerloom does not answer. Is it still running?";

interface Placed extends Mounted {
  data?: { deleted: string[] };
}

class Queue {
  private readonly list = h("div", { class: "ll-queue" });
  private readonly message = h("p", { class: "ll-queue-message", role: "status" });
  private readonly root = h("section", { "aria-label": "Waiting runs" }, h("style", {}, style), this.list, this.message);
  private waiting: Waiting[] = [];
  private asking = "";
  private cancelled: (Waiting & { place: number }) | null = null;
  private shown = "";
  private readonly polling: Polling;

  constructor(
    parent: HTMLElement,
    private component: Mounted,
  ) {
    parent.append(this.root);
    this.polling = new Polling(() => this.ask("/api/queue"));
  }

  /** A cancelled run that went to the trash meanwhile is taken back there; it is not offered here any more. */
  update(component: Placed): void {
    this.component = component;
    if (this.cancelled && component.data?.deleted.includes(this.cancelled.id)) this.withdraw();
  }

  private withdraw(): void {
    this.cancelled = null;
    this.message.replaceChildren();
  }

  close(): void {
    this.polling.close();
    this.root.remove();
  }

  /** Ask a route; the one of the queue answers with the queue as it is then. Returns whether it was done. */
  private async ask(address: string, body?: object): Promise<boolean> {
    try {
      const answer = await fetch(address, body ? { method: "POST", body: JSON.stringify(body) } : { cache: "no-store" });
      const told = (await answer.json()) as Waiting[] | { error?: string };
      if (Array.isArray(told)) this.show(told);
      else if (!answer.ok) this.message.textContent = told.error ?? SILENT;
      return answer.ok;
    } catch {
      if (body) this.message.textContent = SILENT;
      return false;
    }
  }

  private async move(run: Waiting, to: string | number): Promise<void> {
    if (!(await this.ask("/api/queue", { run: run.id, to }))) return;
    const place = this.waiting.findIndex((other) => other.id === run.id);
    this.message.textContent = place < 0 ? "" : `“${run.name}” is number ${place + 1} of ${this.waiting.length} now.`;
  }

  private async cancel(run: Waiting): Promise<void> {
    this.asking = "";
    const place = this.waiting.findIndex((other) => other.id === run.id);
    if (await this.ask(`/api/runs/${encodeURIComponent(run.id)}/control`, { action: "stop" })) {
      this.cancelled = { ...run, place };
      const undo = h("button", { type: "button" }, "Undo");
      undo.onclick = () => void this.undo();
      this.message.replaceChildren(`“${run.name}” is cancelled. `, undo);
    }
    await this.polling.look();
  }

  /** Put a cancelled run back where it was; where its device has become free meanwhile, it begins. */
  private async undo(): Promise<void> {
    const run = this.cancelled;
    if (run === null || !(await this.ask(`/api/runs/${encodeURIComponent(run.id)}/control`, { action: "resume" }))) return;
    this.cancelled = null;
    await this.polling.look();
    if (this.waiting.some((other) => other.id === run.id)) await this.move(run, run.place);
    else this.message.textContent = `“${run.name}” goes on.`;
  }

  private show(waiting: Waiting[]): void {
    this.waiting = waiting;
    const told = JSON.stringify([waiting, this.asking]);
    if (told === this.shown) return;
    this.shown = told;
    const focused = this.list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["at"] : undefined;
    this.list.replaceChildren(...(waiting.length ? [h("h3", {}, `Waiting (${waiting.length})`), this.build()] : []));
    if (focused) this.focus(focused);
  }

  private build(): HTMLElement {
    const lines = this.waiting.map((run, place) => new Line(run, place, this.waiting.length, this.asking === run.id));
    for (const line of lines) {
      line.onOpen = () => this.component.setTriggerValue("open", { run: line.run.id });
      line.onMove = (to) => void this.move(line.run, to);
      line.onCancel = () => void this.cancel(line.run);
      line.onAsk = (isAsking) => this.askFirst(line.run, isAsking);
    }
    return h("ol", {}, ...lines.map((line) => line.element));
  }

  private askFirst(run: Waiting, isAsking: boolean): void {
    this.asking = isAsking ? run.id : "";
    this.show(this.waiting);
    this.focus(`${run.id} ${isAsking ? "keep" : "cancel"}`);
  }

  /** Stay on the button that was pressed; where that rests now, on its neighbour. */
  private focus(at: string): void {
    const [run = "", what = ""] = at.split(" ");
    for (const other of [what, "cancel"]) {
      const button = this.list.querySelector<HTMLButtonElement>(`[data-at="${CSS.escape(run)} ${other}"]`);
      if (button && !button.disabled) return button.focus();
    }
  }
}

export default mountOnce((component) => new Queue(component.parentElement, component));
