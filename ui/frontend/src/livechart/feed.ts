/** Asks the run's route for what is new, a few times a second, and stops when nothing more can come. */

import type { News } from "./types";

const PERIOD = 300;
const SHORTEST_PAUSE = 60;
const PERIOD_HIDDEN = 3000;
const LONGEST_WAIT = 5000;
const SILENT = "No answer from Layerloom; trying again.";

export type Action = "pause" | "stop" | "resume" | "first";

const DONE: Readonly<Record<Action, string>> = {
  pause: "paused",
  stop: "stopped",
  resume: "resumed",
  first: "put first",
};

/** Why a run did not do what it was told, where the server itself gave no reason. */
export function refuse(action: Action, status: number): string {
  return `The run was not ${DONE[action]}: the server failed and gave no reason (${status}). Try again; if it stays so, logs/faults.log in Layerloom's folder says why.`;
}

/** What the server answered when it could not tell the news. */
class Refusal extends Error {}

export class Feed {
  private cursor: string | null = null;
  private timer: number | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly run: string,
    private readonly onNews: (news: News) => void,
    private readonly onTrouble: (sentence: string, isSilent: boolean) => void,
  ) {}

  start(): void {
    this.closed = false;
    void this.ask();
  }

  stop(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
  }

  /** Tell the run to pause, stop or resume, or to be the next of those that wait. Returns a sentence when that did not work. */
  async steer(action: Action): Promise<string | null> {
    const [address, body] = action === "first" ? ["/api/queue", { run: this.run, to: "first" }] : [this.address("control"), { action }];
    try {
      const answer = await fetch(address as string, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.ok) return null;
      const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
      return error ?? refuse(action, answer.status);
    } catch {
      return "Layerloom does not answer. Is it still running?";
    }
  }

  private address(what: string): string {
    return `/api/runs/${encodeURIComponent(this.run)}/${what}`;
  }

  private async ask(): Promise<void> {
    if (this.closed) return;
    const asked = performance.now();
    const since = this.cursor === null ? "" : `?since=${encodeURIComponent(this.cursor)}`;
    try {
      const answer = await fetch(this.address("events") + since, { cache: "no-store" });
      if (this.closed) return;
      const news = (await answer.json()) as News & { error?: string };
      if (!answer.ok) throw new Refusal(news.error ?? "");
      this.failures = 0;
      this.cursor = news.cursor;
      this.onNews(news);
      if (!this.closed) this.wait(Math.max(SHORTEST_PAUSE, (document.hidden ? PERIOD_HIDDEN : PERIOD) - (performance.now() - asked)));
    } catch (error) {
      if (this.closed) return;
      this.failures += 1;
      const isSilent = !(error instanceof Refusal);
      if (this.failures > 1) this.onTrouble(isSilent ? SILENT : error.message, isSilent);
      this.wait(Math.min(PERIOD * 2 ** this.failures, LONGEST_WAIT));
    }
  }

  private wait(period: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), period);
  }
}
