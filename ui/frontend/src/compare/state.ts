/** What is known of the compared runs: their curves by part of the data, how far they are, and means over seeds. */

import { SeriesStore } from "../livechart/series";
import type { Split } from "../livechart/types";
import type { Band, Progress, RunNews, View } from "./types";

const OVER = new Set(["paused", "stopped", "finished", "failed", "interrupted"]);

interface Known {
  status: string;
  progress: Progress | null;
  error: string;
  measured: Partial<Record<Split, string[]>>;
}

export class State {
  private readonly known = new Map<string, Known>();
  private readonly stores = new Map<string, SeriesStore>();
  private readonly cursors = new Map<string, string>();
  private readonly bands = new Map<string, Band[]>();
  /** Means that were read when their last run was over. */
  private readonly settled = new Set<string>();

  constructor(readonly view: View) {}

  take(split: Split, answers: Record<string, RunNews>): void {
    for (const [run, news] of Object.entries(answers)) {
      if (news.error !== undefined) {
        this.known.set(run, { ...this.of(run), error: news.error });
        continue;
      }
      this.known.set(run, { status: news.status, progress: news.progress, measured: news.measured, error: "" });
      this.cursors.set(`${split}/${run}`, news.cursor);
      for (const piece of news.series) this.series(run, split).add(piece);
    }
  }

  takeBands(split: Split, answers: Record<string, { bands?: Band[] }>): void {
    for (const [id, answer] of Object.entries(answers)) {
      const key = `${split}/${id}`;
      this.bands.set(key, answer.bands ?? []);
      if (this.view.groups.find((group) => group.id === id)?.runs.every((run) => OVER.has(this.of(run).status)))
        this.settled.add(key);
    }
  }

  of(run: string): Known {
    return this.known.get(run) ?? { status: "", progress: null, error: "", measured: {} };
  }

  series(run: string, split: Split): SeriesStore {
    const key = `${split}/${run}`;
    let store = this.stores.get(key);
    if (!store) this.stores.set(key, (store = new SeriesStore()));
    return store;
  }

  band(group: string, split: Split, name: string): Band | undefined {
    return this.bands.get(`${split}/${group}`)?.find((band) => band.name === name);
  }

  /** The runs that have something to tell still, each with how far it was read: all of them the first time. */
  unread(split: Split): Record<string, string> {
    const wanted = this.view.runs.filter(({ id }) => !this.isRead(id, split));
    return Object.fromEntries(wanted.map(({ id }) => [id, this.cursors.get(`${split}/${id}`) ?? ""]));
  }

  /** The groups whose means can still change. */
  unreadGroups(split: Split): Record<string, string[]> {
    const wanted = this.view.groups.filter(({ id }) => !this.settled.has(`${split}/${id}`));
    return Object.fromEntries(wanted.map(({ id, runs }) => [id, runs]));
  }

  private isRead(run: string, split: Split): boolean {
    return this.cursors.has(`${split}/${run}`) && OVER.has(this.of(run).status);
  }

  /** Whether nothing more can come of a part of the data. */
  isOver(split: Split): boolean {
    return !Object.keys(this.unread(split)).length && !Object.keys(this.unreadGroups(split)).length;
  }

  /** The parts of the data on which any of the runs was measured. */
  splits(): Split[] {
    const order: readonly Split[] = ["train", "validation", "test"];
    return order.filter((split) => this.view.runs.some(({ id }) => this.of(id).measured[split]?.length));
  }

  /** What is drawn for a part of the data: the numbers of the projects first, then any other that changes. */
  names(split: Split): string[] {
    const announced = this.view.panels.map((panel) => panel.name);
    const measured = new Set(this.view.runs.flatMap(({ id }) => this.of(id).measured[split] ?? []));
    const others = [...measured].filter((name) => !announced.includes(name));
    const varying = others.filter((name) => this.view.runs.some(({ id }) => this.series(id, split).varies(name)));
    return [...announced.filter((name) => measured.has(name)), ...varying];
  }
}
