/** Most wrong: the samples with the highest loss, or the masks that fit worst, found on a click; a click on a picture explains it. */

import type { Explainer } from "./explain";
import { ask } from "./asking";
import { h } from "./dom";
import { drawPayload } from "./samples";
import type { Payload } from "./types";

interface Judged {
  part: string;
  samples: number;
  size: number;
  indices: number[];
  /** How many are wrong, where each has one class. */
  wrong?: number;
  /** The mean intersection over union, where each has a mask. */
  overlap?: number;
  /** The classes whose pixels do not count. */
  ignored?: string[];
}

interface Found extends Judged {
  step: number;
  payload: Payload;
  error?: string;
}

const BUSY = "Asking about every sample that was not learned from.";

export class Mistakes {
  readonly element = h("figure", { class: "ll-panel ll-mistakes", "aria-label": "Most wrong" });
  private readonly when = h("span", { class: "ll-numbers" });
  private readonly button = h("button", { type: "button", class: "ll-quiet", title: "Ask about the samples that were not learned from" }, "Find");
  private readonly body = h("div", { class: "ll-sample", role: "status" });

  constructor(
    private readonly run: string,
    private readonly checkpoint: () => string,
    private readonly explainer: Explainer,
  ) {
    this.button.onclick = () => void this.find();
    this.element.append(h("header", {}, h("h4", {}, "Most wrong"), this.when, this.button), this.body);
    this.element.hidden = true;
  }

  /** Offer the panel, where the network chooses one class for each sample or for each pixel. */
  offer(): void {
    this.element.hidden = false;
  }

  private async find(): Promise<void> {
    this.button.disabled = true;
    this.say(BUSY);
    const found = await ask<Found>(this.run, "mistakes", { checkpoint: this.checkpoint() });
    this.button.disabled = false;
    if (found.error) return this.say(found.error);
    this.button.textContent = "Find again";
    this.when.textContent = `step ${found.step.toLocaleString("en")}`;
    const drawn = drawPayload(found.payload, this.explainer.canExplain ? (place) => this.explain(found, place) : undefined);
    this.body.replaceChildren(...(drawn ? [drawn] : []), h("p", { class: "ll-message" }, describe(found)));
  }

  private explain(found: Found, place: number): void {
    const index = found.indices[place];
    if (index !== undefined) this.explainer.open({ sample: { part: found.part, index } }, found.payload.type === "image_grid" ? found.payload.truth?.[place] : undefined);
  }

  private say(sentence: string): void {
    this.body.replaceChildren(h("p", { class: "ll-message" }, sentence));
  }
}

/** How many are wrong, or how well masks fit on average, of how many that were asked about. */
export function describe({ wrong = 0, overlap, ignored = [], samples, size, part, indices }: Judged): string {
  const count = (number: number): string => number.toLocaleString("en");
  const some = samples < size ? `${count(samples)} of the ${count(size)}` : count(samples);
  const left = ignored.length ? ` Pixels of class ${ignored.join(", ")} do not count.` : "";
  if (overlap !== undefined) return `The ${count(indices.length)} with the lowest intersection over union (IoU). Over ${some} ${part} samples, its mean is ${overlap.toFixed(2)}.${left}`;
  return `The ${count(indices.length)} with the highest loss. Of ${some} ${part} samples, ${count(wrong)} are wrong.`;
}
