/** The runs of a project as the canvas looks into them: what the routes of `ui/film_routes.py` tell, kept and followed. */

import { type Difference, countMarks, findDifference } from "./core/difference";
import { fillProject } from "./core/document";
import { type Film, type FilmNews, isOver, joinFilm, momentsOf, placeOf } from "./core/film";
import { spreadPiles } from "./core/layout";
import type { Spreads } from "./core/spreads";
import type { Analysis, Project } from "./core/types";
import type { Vital } from "./core/vitals";

export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly step: number | null;
  readonly steps: number | null;
  readonly created: string | null;
}

/** The time machine: the run that is looked into, the step that is shown, and whether time goes on by itself. */
export interface Machine {
  readonly film: Film;
  readonly step: number;
  readonly isPlaying: boolean;
}

/** A run that trains beside the canvas, and what of the graph it does not train. */
export interface Live {
  readonly film: Film;
  readonly trained: Project;
}

export interface Filming {
  readonly runs: readonly RunRow[];
  readonly live: Live | undefined;
  readonly machine: Machine | undefined;
}

const TICK = 1000;
/** So many ticks lie between two questions for runs while none trains. */
const SELDOM = 3;

/** What is known of runs. It is told apart from the editor, so that the graph is not drawn again each second. */
export class Films {
  state: Filming = { runs: [], live: undefined, machine: undefined };
  readonly vitals = new Vitals();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ticks = 0;
  private hidden: string | undefined;
  private isOn = false;

  constructor(private readonly project: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  update(part: Partial<Filming>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }

  /** Follow what trains, once a second and only while the page is seen. Returns what ends it. */
  follow(): () => void {
    this.isOn = true;
    const wake = () => {
      if (!document.hidden) void this.tick();
    };
    document.addEventListener("visibilitychange", wake);
    void this.tick();
    return () => {
      this.isOn = false;
      clearTimeout(this.timer);
      document.removeEventListener("visibilitychange", wake);
    };
  }

  /** Say no more of the run that trained last. */
  hide(): void {
    this.hidden = this.state.live?.film.run;
    this.update({ live: undefined });
  }

  async list(): Promise<readonly RunRow[]> {
    const runs = await ask<RunRow[]>(`/api/projects/${encodeURIComponent(this.project)}/runs`);
    this.update({ runs });
    return runs;
  }

  /** Show another moment of the run that is looked into. */
  goTo(step: number): void {
    const { machine } = this.state;
    if (machine && machine.step !== step) this.update({ machine: { ...machine, step } });
  }

  private async tick(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.isOn || document.hidden) return;
    try {
      await this.look();
    } catch {
      // The server does not answer: who edits is told so by the editor, and the next tick asks again.
    }
    clearTimeout(this.timer);
    if (this.isOn) this.timer = setTimeout(() => void this.tick(), TICK);
  }

  private async look(): Promise<void> {
    const { machine, live } = this.state;
    if (machine) return isOver(machine.film) ? undefined : this.goOn(machine);
    if (live && !isOver(live.film)) return this.keepUp(live);
    if (this.ticks++ % SELDOM > 0) return;
    const running = (await this.list()).find((run) => run.status === "running");
    if (running && running.id !== this.hidden) {
      const [film, trained] = await Promise.all([readFilm(running.id), readProject(running.id)]);
      if (!this.state.machine) this.update({ live: { film, trained } });
    }
  }

  private async keepUp(live: Live): Promise<void> {
    const film = await readFilm(live.film.run, live.film);
    if (this.state.live === live) this.update({ live: { ...live, film } });
  }

  /** The run that is looked into still trains: who stands at its end stays there. */
  private async goOn({ film: before }: Machine): Promise<void> {
    const film = await readFilm(before.run, before);
    const { machine } = this.state;
    if (machine?.film !== before) return;
    const wasLast = placeOf(momentsOf(before), machine.step) >= momentsOf(before).length - 1;
    this.update({ machine: { ...machine, film, step: wasLast ? (momentsOf(film).at(-1) ?? 0) : machine.step } });
  }
}

/** The state of nodes by their ids. Only those whose state is another hear of it. */
export class Vitals {
  private vitals: ReadonlyMap<string, Vital> = new Map();
  private readonly listeners = new Map<string, Set<() => void>>();

  get(id: string): Vital | undefined {
    return this.vitals.get(id);
  }

  put(fresh: ReadonlyMap<string, Vital>): void {
    const before = this.vitals;
    const kept = new Map<string, Vital>();
    for (const [id, vital] of fresh) {
      const known = before.get(id);
      kept.set(id, known && isSame(known, vital) ? known : vital);
    }
    this.vitals = kept;
    for (const id of new Set([...before.keys(), ...kept.keys()]))
      if (before.get(id) !== kept.get(id)) for (const listener of this.listeners.get(id) ?? []) listener();
  }

  follow(id: string, listener: () => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(id);
    };
  }
}

const isSame = (a: Vital, b: Vital): boolean =>
  a.health === b.health && a.label === b.label && a.told === b.told && a.trace === b.trace;

/** Whether a difference is one of what is computed: not where nodes stand, nor how the project is called. */
export const isOfGraphs = (difference: Difference): boolean =>
  [...difference.graphs.values()].some((graph) => countMarks(graph) > 0 || graph.values.length > 0);

/** How nodes of the newer graphs are called in the older ones; undefined for a graph in which nothing differs. */
export function namesBefore(older: Project, newer: Project): (path: string) => ReadonlyMap<string, string> | undefined {
  const { graphs } = findDifference(older, newer);
  const turned = new Map(
    [...graphs].map(([path, { names }]) => [path, new Map([...names].map(([old, now]) => [now, old]))]),
  );
  return (path) => turned.get(path);
}

const runAddress = (run: string) => `/api/runs/${encodeURIComponent(run)}`;

export async function readFilm(run: string, known?: Film): Promise<Film> {
  return joinFilm(known, await ask<FilmNews>(`${runAddress(run)}/film?since=${known?.last ?? 0}`));
}

export async function readProject(run: string): Promise<Project> {
  const { document } = await ask<{ document: Record<string, unknown> }>(`${runAddress(run)}/project`);
  return spreadPiles(fillProject(document));
}

export const readAnalysis = async (run: string): Promise<Analysis> =>
  (await ask<{ analysis: Analysis }>(`${runAddress(run)}/analysis`)).analysis;

export const readSpreads = (run: string, network: string, name: string): Promise<Spreads[]> =>
  ask(`${runAddress(run)}/spreads?${new URLSearchParams({ network, name })}`);

/** What a sample shows, as the live view of a run draws it. */
export const readSample = <T>(run: string, id: number): Promise<T> => ask(`${runAddress(run)}/samples/${id}`);

/** Fails with a sentence. */
async function ask<T>(address: string): Promise<T> {
  const response = await fetch(address).catch(() => {
    throw new Error("Layerloom does not answer. Is it still running?");
  });
  const answer = (await response.json().catch(() => ({}))) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The server answered ${response.status}.`);
  return answer;
}
