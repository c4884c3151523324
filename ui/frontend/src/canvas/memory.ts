/**
 * What a tab remembers of the projects that it edits. A page switch keeps the module, a reload the session storage.
 */

import { type History, packHistory, startHistory, unpackHistory } from "./core/history";
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
/** The document itself is saved at once; what is written here is undo, and a large graph takes a while to write. */
const DELAY = 2500;

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
  const { history: _, analysis: __, ...rest } = state;
  for (const history of [short, startHistory(present)]) {
    try {
      sessionStorage.setItem(STORE + project, JSON.stringify({ ...rest, packed: packHistory(history) }));
      return;
    } catch {
      sessionStorage.removeItem(STORE + project);
    }
  }
}

function read(project: string): Kept | undefined {
  try {
    const text = sessionStorage.getItem(STORE + project);
    if (!text) return undefined;
    const { packed, ...rest } = JSON.parse(text) as Omit<Kept, "history" | "analysis"> & { packed: string };
    return { ...rest, history: unpackHistory(packed), analysis: undefined };
  } catch {
    return undefined;
  }
}

if (typeof window !== "undefined") {
  const writeAll = () => {
    for (const project of waiting.keys()) write(project);
  };
  window.addEventListener("pagehide", writeAll);
  document.addEventListener("visibilitychange", () => document.hidden && writeAll());
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
