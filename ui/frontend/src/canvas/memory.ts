/**
 * What a tab remembers of the projects that it edits. A page switch keeps the module, a reload the session storage.
 */

import { type History, pack, startHistory, unpack } from "./core/history";
import type { SyncState } from "./core/sync";
import type { Analysis, Project } from "./core/types";

export interface Kept {
  readonly history: History<Project>;
  readonly path: string;
  readonly sync: SyncState;
  readonly analysis: Analysis | undefined;
}

const STORE = "layerloom.history.";
const PANELS = "layerloom.panels";
const STEPS = 60;
const DELAY = 400;

const kept = new Map<string, Kept>();
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

export function remember(project: string, state: Kept): void {
  kept.set(project, state);
  clearTimeout(waiting.get(project));
  waiting.set(
    project,
    setTimeout(() => write(project), DELAY),
  );
}

export function recall(project: string): Kept | undefined {
  return kept.get(project) ?? read(project);
}

function write(project: string): void {
  waiting.delete(project);
  const state = kept.get(project);
  if (!state) return;
  const { past, present, future } = state.history;
  const short = { past: past.slice(-STEPS), present, future: future.slice(0, STEPS) };
  for (const history of [short, startHistory(present)]) {
    try {
      sessionStorage.setItem(STORE + project, pack({ ...state, history, analysis: undefined }));
      return;
    } catch {
      sessionStorage.removeItem(STORE + project);
    }
  }
}

function read(project: string): Kept | undefined {
  try {
    const text = sessionStorage.getItem(STORE + project);
    return text ? (unpack(text) as Kept) : undefined;
  } catch {
    return undefined;
  }
}

if (typeof window !== "undefined") {
  window.addEventListener("pagehide", () => {
    for (const project of waiting.keys()) write(project);
  });
}

let name: string | undefined;

/** A name for this tab. A duplicated tab copies the session storage, so the name is new with every load of the module. */
export function tabName(): string {
  name ??= Math.random().toString(36).slice(2, 12);
  return name;
}

export interface Panels {
  readonly palette: boolean;
  readonly outline: boolean;
  readonly inspector: boolean;
  readonly findings: boolean;
}

export function recallPanels(): Panels {
  const standard = { palette: true, outline: false, inspector: true, findings: false };
  try {
    return { ...standard, ...(JSON.parse(localStorage.getItem(PANELS) ?? "{}") as Partial<Panels>) };
  } catch {
    return standard;
  }
}

export function rememberPanels(panels: Panels): void {
  try {
    localStorage.setItem(PANELS, JSON.stringify(panels));
  } catch {
    // A browser that refuses to store anything forgets the panels, nothing else.
  }
}
