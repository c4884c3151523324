/** The one line above everything: what the run is doing, how far it is, and the buttons that steer it. */

import { h } from "./dom";
import { EffortNote } from "./effort";
import type { Action, Feed } from "./feed";
import type { News } from "./types";
import { countEpoch, formatCount, formatSeconds, nameState } from "./words";

const ENDED = new Set(["paused", "stopped", "finished", "failed", "interrupted"]);
const RESUMABLE = new Set(["paused", "stopped", "interrupted", "failed"]);

/** Whether a run failed because a loss was no number any more: to go on from there would only fail again. */
export const hasDiverged = (news: News): boolean =>
  news.status === "failed" && Object.values(news.ended?.metrics["train"] ?? {}).some((value) => value === null);

export const hasEnded = (status: string): boolean => ENDED.has(status);

export class Header {
  readonly element: HTMLElement;
  private readonly state = h("strong", { class: "ll-state", role: "status" });
  private readonly facts = h("span", { class: "ll-facts" });
  private readonly effort = new EffortNote();
  private readonly bar = h("div", { class: "ll-bar", role: "progressbar", "aria-label": "Progress", "aria-valuemin": "0", "aria-valuemax": "100" });
  private readonly message = h("p", { class: "ll-message" });
  private readonly question = h("p", { class: "ll-question" });
  private readonly buttons = {
    first: h("button", { type: "button" }, "Train now"),
    pause: h("button", { type: "button" }, "Pause"),
    stop: h("button", { type: "button" }, "Stop"),
    resume: h("button", { type: "button" }, "Resume"),
  };
  private readonly notices: string[] = [];
  private asked = "";
  private isWaiting = false;

  constructor(
    private readonly feed: Feed,
    private readonly device: string,
  ) {
    for (const [action, button] of Object.entries(this.buttons)) {
      button.onclick = () => void this.steer(action as Action);
    }
    const line = h("div", { class: "ll-line" }, this.state, this.facts, this.effort.element, h("span", { class: "ll-space" }), ...Object.values(this.buttons));
    this.element = h("header", { class: "ll-header" }, line, this.bar, this.question, this.message);
    this.state.textContent = "Starting";
    this.buttons.first.title = "Let it be the next one. What is being trained is not stopped.";
    this.buttons.stop.onclick = () => (this.isWaiting ? this.ask() : void this.steer("stop"));
    this.question.hidden = true;
    this.showButtons("queued", false);
  }

  update(news: News): void {
    this.isWaiting = news.status === "queued" && news.phase === "waiting";
    if (news.status === "running" || this.isWaiting ? this.asked === "Resuming" : hasEnded(news.status)) this.asked = "";
    this.state.textContent = this.asked || nameState(news.status, news.phase);
    this.element.dataset["status"] = news.status;
    this.element.classList.remove("ll-silent");
    this.facts.replaceChildren(...this.listFacts(news, hasEnded(news.status) ? "" : news.detail).map((text) => h("span", {}, text)));
    this.effort.update(news.progress?.effort);
    this.showProgress(news);
    this.showButtons(news.status, hasDiverged(news), news.place);
    for (const notice of news.notices) if (!this.notices.includes(notice)) this.notices.push(notice);
    const end = news.ended;
    this.say([...this.notices, end?.reason ?? "", end?.advice ?? ""].filter(Boolean).join(" "));
  }

  /** Say what keeps the news away. Where nobody answers, what is shown is no longer true: it turns grey until news come. */
  complain(sentence: string, isSilent: boolean): void {
    if (isSilent) {
      this.element.classList.add("ll-silent");
      this.state.textContent = "No answer";
      for (const button of Object.values(this.buttons)) button.disabled = true;
    }
    this.say(sentence);
  }

  say(sentence: string): void {
    this.message.textContent = sentence;
    this.message.hidden = !sentence;
  }

  private listFacts(news: News, detail: string): string[] {
    const { progress } = news;
    if (!progress) return [this.device, detail].filter(Boolean);
    const running = news.status === "running";
    const epoch = countEpoch(progress.epoch, progress.epochs);
    const left = progress.seconds_left === null ? "" : `${formatSeconds(progress.seconds_left)} left`;
    return [
      this.device,
      `step ${progress.step.toLocaleString("en")} of ${progress.steps.toLocaleString("en")}`,
      `epoch ${epoch.toLocaleString("en")} of ${progress.epochs.toLocaleString("en")}`,
      progress.samples_per_second > 0 ? `${formatCount(progress.samples_per_second)} samples/s` : "",
      running ? left : formatSeconds(progress.seconds),
      detail,
    ].filter(Boolean);
  }

  private showProgress(news: News): void {
    const part = news.progress?.steps ? Math.min(1, news.progress.step / news.progress.steps) : 0;
    this.bar.style.setProperty("--part", String(part));
    this.bar.setAttribute("aria-valuenow", String(Math.round(part * 100)));
    this.bar.classList.toggle("ll-waiting", !hasEnded(news.status) && !this.isWaiting && !news.progress?.step);
  }

  private showButtons(status: string, isLost: boolean, place = 1): void {
    const running = !hasEnded(status);
    this.buttons.first.hidden = !this.isWaiting || place < 2;
    this.buttons.stop.textContent = this.isWaiting ? "Cancel" : "Stop";
    this.buttons.stop.title = this.isWaiting ? "Take it out of the queue." : "End the run. Its checkpoints and curves are kept.";
    if (!this.isWaiting) this.question.hidden = true;
    this.buttons.pause.hidden = !running;
    this.buttons.stop.hidden = !running && status !== "paused";
    this.buttons.resume.hidden = !RESUMABLE.has(status) || isLost;
    for (const button of Object.values(this.buttons)) button.disabled = this.asked !== "";
  }

  /** Ask once before a waiting run is cancelled. */
  private ask(): void {
    const sure = h("button", { type: "button" }, "Cancel the run");
    const keep = h("button", { type: "button" }, "Keep waiting");
    sure.onclick = () => void this.steer("stop");
    keep.onclick = () => {
      this.question.hidden = true;
      this.buttons.stop.focus();
    };
    const sentence = "Cancel it? It loses its place in the queue; what it has trained so far is kept, and Resume puts it back at the end. ";
    this.question.replaceChildren(sentence, keep, sure);
    this.question.hidden = false;
    keep.focus();
  }

  private async steer(action: Action): Promise<void> {
    this.asked = { pause: "Pausing", stop: "Stopping", resume: "Resuming", first: "" }[action];
    this.question.hidden = true;
    if (this.asked) this.state.textContent = this.asked;
    for (const button of Object.values(this.buttons)) button.disabled = true;
    const trouble = await this.feed.steer(action);
    if (trouble) this.asked = "";
    if (trouble) this.say(trouble);
  }
}
