/** The routes of `ui/code_routes.py`: source of what is drawn, and drawings of source. */

import type { Code, Remark } from "./core/code";
import type { Edit, Project } from "./core/types";

export interface Imported {
  readonly main: string;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly remarks: readonly Remark[];
  readonly edits: readonly Edit[];
}

export const fetchCode = (document: Project, path: string): Promise<Code> => post("/api/code", { document, path });

export const readSource = (source: string, taken: readonly string[]): Promise<Imported> =>
  post("/api/import", { source, taken });

async function post<T>(address: string, body: unknown): Promise<T> {
  const response = await fetch(address, { method: "POST", body: JSON.stringify(body) });
  if (response.ok) return (await response.json()) as T;
  const { error } = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Error(error ?? `The server answered ${response.status}.`);
}
