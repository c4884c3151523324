/** The routes of `ui/project_routes.py`. */

import type { Answer } from "./core/sync";
import type { Seen } from "./core/glimpse";
import type { Walk } from "./core/stepping";
import { type Change, NoSuchProject, type Server } from "./exchange";

/** Longer than any answer takes: what is not there by then is lost. */
const PATIENCE = 30_000;

export class HttpServer implements Server {
  private readonly address: string;
  private readonly preset: string;

  constructor(project: string, preset?: string) {
    this.address = `/api/projects/${encodeURIComponent(project)}`;
    this.preset = preset ? `preset=${encodeURIComponent(preset)}` : "";
  }

  read = (have: number): Promise<Answer> => ask(`${this.address}?have=${have}&${this.preset}`);
  analyse = (): Promise<Answer> => ask(`${this.address}/analysis?${this.preset}`);
  save = (change: Change): Promise<Answer> =>
    ask(`${this.address}/changes?${this.preset}`, { method: "POST", body: JSON.stringify(change) });

  look = (graph: string, node: string, way: readonly (readonly [string, string])[]): Promise<Seen> =>
    this.compute("glimpse", { graph, node, way });
  walk = (): Promise<Walk> => this.compute("step", {});

  /** Ask for what takes its time, and may be refused with a sentence. */
  private async compute<T>(what: string, wish: object): Promise<T> {
    const body = JSON.stringify(wish);
    const response = await fetch(`${this.address}/${what}?${this.preset}`, { method: "POST", body });
    if (response.ok) return (await response.json()) as T;
    const { error } = (await response.json().catch(() => ({}))) as { error?: string };
    throw new Error(error ?? `The server answered ${response.status}.`);
  }
}

async function ask(address: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(address, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  if (response.status === 404) {
    const { error } = (await response.json().catch(() => ({}))) as { error?: string };
    throw new NoSuchProject(error ?? "This project is not on this computer any more.");
  }
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as Answer;
}
