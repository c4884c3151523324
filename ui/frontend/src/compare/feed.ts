/** Asks for what is new of all runs that are not over, in one request; then the means over seeds. Rests when all are over. */

import type { Split } from "../livechart/types";
import type { State } from "./state";

const PERIOD = 500;
const PERIOD_HIDDEN = 3000;
const LONGEST_WAIT = 5000;
/** Means take the server longer than points, and change less. */
const BANDS_EVERY = 1500;
const SILENT = "No answer from Layerloom; trying again.";

export class CompareFeed {
  private timer: number | undefined;
  private failures = 0;
  private isClosed = false;
  private askedBands = -BANDS_EVERY;
  private turn = 0;

  constructor(
    private readonly state: State,
    private split: Split,
    private readonly onNews: () => void,
    private readonly onTrouble: (sentence: string) => void,
  ) {}

  start(): void {
    this.turn += 1;
    window.clearTimeout(this.timer);
    void this.ask(this.turn);
  }

  stop(): void {
    this.isClosed = true;
    window.clearTimeout(this.timer);
  }

  /** Go on with another part of the data, from where it was read before. */
  turnTo(split: Split): void {
    this.split = split;
    this.askedBands = -BANDS_EVERY;
    this.start();
  }

  private async ask(turn: number): Promise<void> {
    const { split, state } = this;
    try {
      const runs = state.unread(split);
      const hasNews = Object.keys(runs).length > 0;
      if (hasNews) state.take(split, await post("curves", { runs, split }));
      const isChanged = await this.askBands(split);
      if (this.isClosed || turn !== this.turn) return;
      this.failures = 0;
      this.onTrouble("");
      if (hasNews || isChanged) this.onNews();
      if (turn === this.turn && !state.isOver(split)) this.wait(document.hidden ? PERIOD_HIDDEN : PERIOD);
    } catch (error) {
      if (this.isClosed || turn !== this.turn) return;
      this.failures += 1;
      if (this.failures > 1) this.onTrouble(error instanceof Refusal ? error.message : SILENT);
      this.wait(Math.min(PERIOD * 2 ** this.failures, LONGEST_WAIT));
    }
  }

  private async askBands(split: Split): Promise<boolean> {
    const groups = this.state.unreadGroups(split);
    if (!Object.keys(groups).length) return false;
    if (performance.now() - this.askedBands < BANDS_EVERY) return false;
    this.askedBands = performance.now();
    this.state.takeBands(split, await post("bands", { groups, split }));
    return true;
  }

  private wait(period: number): void {
    window.clearTimeout(this.timer);
    const { turn } = this;
    this.timer = window.setTimeout(() => void this.ask(turn), period);
  }
}

class Refusal extends Error {}

async function post<T>(what: string, body: unknown): Promise<T> {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/api/compare/${what}`, options);
  const news = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new Refusal(news.error ?? "");
  return news;
}
