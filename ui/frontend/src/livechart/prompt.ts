/** A prompt that a language model goes on from, piece by piece, as boldly as one wants. */

import { h } from "./dom";

/** Asks for a piece of text after what is there; a sentence where it cannot be had. */
export type Write = (wish: { prompt: string; length: number; temperature: number; top_k: number; seed: number }) => Promise<{ text?: string; step?: number; error?: string }>;

const PIECE = 16;
const LENGTH = 320;

export class Prompt {
  readonly element = h("div", { class: "ll-prompt" });
  private readonly area = h("textarea", { rows: "3", "aria-label": "Prompt", spellcheck: "false" });
  private readonly temperature = h("input", { type: "range", min: "0", max: "2", step: "0.05", value: "0.8", "aria-label": "Temperature" });
  private readonly degrees = h("output", {}, "0.80");
  private readonly most = h("input", { type: "number", min: "0", max: "1000", step: "1", value: "20", "aria-label": "Top-k" });
  private readonly button = h("button", { type: "button" }, "Write");
  private readonly written = h("p", { class: "ll-written", dir: "auto", role: "status", hidden: "" });
  private readonly note = h("p", { class: "ll-note" });
  private turn = 0;
  private busy = false;

  constructor(private readonly write: Write) {
    this.area.value = "The ";
    this.temperature.oninput = () => (this.degrees.textContent = this.temperature.valueAsNumber.toFixed(2));
    this.button.onclick = () => void (this.busy ? this.stop() : this.start());
    this.area.onkeydown = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void this.start();
    };
    const how = h("div", { class: "ll-prompt-how" }, h("label", {}, "Temperature", this.temperature, this.degrees), h("label", {}, "Top-k", this.most), this.button);
    this.element.append(this.area, how, this.written, this.note);
  }

  /** Write anew, from a seed of its own; what is being written ends. */
  async start(): Promise<void> {
    const turn = ++this.turn;
    const prompt = this.area.value;
    const seed = Math.floor(Math.random() * 2 ** 31);
    this.show(true);
    const text = document.createTextNode("");
    this.written.replaceChildren(h("b", {}, prompt), text);
    this.written.hidden = false;
    this.note.textContent = "";
    while (turn === this.turn && text.data.length < LENGTH) {
      const answer = await this.write({ ...this.read(), prompt: prompt + text.data, seed: seed + text.data.length });
      if (turn !== this.turn) return;
      this.note.textContent = answer.error ?? `step ${(answer.step ?? 0).toLocaleString("en")}`;
      if (!answer.text) break;
      text.data += answer.text;
    }
    this.show(false);
  }

  stop(): void {
    this.turn += 1;
    this.show(false);
  }

  private read(): { length: number; temperature: number; top_k: number } {
    const most = Number.isFinite(this.most.valueAsNumber) ? Math.max(0, Math.round(this.most.valueAsNumber)) : 0;
    return { length: PIECE, temperature: this.temperature.valueAsNumber, top_k: most };
  }

  private show(busy: boolean): void {
    this.busy = busy;
    this.button.textContent = busy ? "Stop" : "Write";
  }
}
