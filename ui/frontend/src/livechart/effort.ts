/** What a run's steps cost beside what the machine could do, what they wait for, and the memory that they take. */

import { h } from "./dom";
import type { Effort } from "./types";
import { formatBytes, formatDuration, formatLarge, formatPart } from "./words";

const PARTS = ["computing", "data", "optimizer", "watching"] as const;
const MANY = 0.5;

/** What the closed note says. */
export function summariseEffort(effort: Effort): string {
  const share = typeof effort.share === "number" ? `${formatPart(Math.min(1, effort.share))} of the machine` : "";
  return [share, formatBytes(effort.memory)].filter(Boolean).join(" · ");
}

/** What the open one says: a row each, with its name. */
export function explainEffort(effort: Effort): [string, string][] {
  const isGpu = effort.busy !== "";
  const rows: [string, string][] = [];
  if (typeof effort.share === "number") rows.push(["Machine", tellShare(effort, effort.share)], ...tellRates(effort));
  else rows.push(["Step", `${formatDuration(effort.seconds)} on average.`]);
  rows.push(["Waits for", tellWaiting(effort.shares)]);
  if (effort.busy === "gpu") rows.push(["GPU", "Busy all the time: it has the next step before it is done with the last one."]);
  if (effort.busy === "program") rows.push(["GPU", "Idle now and then: it waits for the program that hands it work. Larger batches use it better."]);
  rows.push(["Memory", isGpu ? `At most ${formatBytes(effort.memory)} of the GPU.` : `${formatBytes(effort.memory)} in this process.`]);
  return rows;
}

function tellShare(effort: Effort, share: number): string {
  const takes = `A step takes ${formatDuration(effort.seconds)}`;
  if (share > 1 && effort.ceiling === "memory") return `${takes}, less than main memory allows: the processor's caches hold what it moves.`;
  if (share > 1) return `${takes}, less than was held to be possible: the computer was busy when its rate of arithmetic was measured.`;
  const least = formatDuration(share * effort.seconds);
  const because =
    effort.ceiling === "arithmetic"
      ? `its ${formatLarge(effort.operations)} operations need ${least} at the highest rate of arithmetic`
      : `the ${formatBytes(effort.bytes)} that it moves need ${least} at the highest rate of memory`;
  const rest = share < MANY ? " The rest goes into layers too small for that rate, and into the calls between them." : "";
  return `${takes}; ${because}.${rest}`;
}

function tellRates(effort: Effort): [string, string][] {
  const mark = (name: Effort["ceiling"]): string => (effort.ceiling === name ? ", the lower ceiling" : "");
  const operations = `${formatLarge(effort.operations / effort.seconds)} of ${formatLarge(effort.most_operations)} operations/s`;
  const bytes = `${formatBytes(effort.bytes / effort.seconds)}/s of ${formatBytes(effort.most_bytes)}/s`;
  return [
    ["Arithmetic", `${operations}${mark("arithmetic")}.`],
    ["Traffic", `${bytes}${mark("memory")}. Counted for each node; measured on ${effort.measured}.`],
  ];
}

/** `computing 82%, data 9%, optimizer 6%, watching 3%`, the largest first. */
export function tellWaiting(shares: Readonly<Record<string, number>>): string {
  const known = PARTS.filter((part) => shares[part] !== undefined);
  const sorted = known.sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0));
  return sorted.map((part) => `${part} ${formatPart(shares[part] ?? 0)}`).join(", ");
}

/** The note in the header, which opens to say more. It is the same element all the time, so that it stays open. */
export class EffortNote {
  private readonly summary = h("summary", {});
  private readonly list = h("dl", { tabindex: "-1" });
  readonly element = h("details", { class: "ll-effort", hidden: "" }, this.summary, this.list);

  constructor() {
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.element.open = false;
    });
    this.element.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      this.element.open = false;
      this.summary.focus();
    };
  }

  update(effort: Effort | null | undefined): void {
    this.element.hidden = !effort;
    if (!effort) return;
    this.summary.textContent = summariseEffort(effort);
    this.list.replaceChildren(...explainEffort(effort).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
  }
}
