/** Versions of a project as the canvas asks for them: the routes of `ui/version_routes.py`. */

import { fillProject } from "./core/document";
import type { Project } from "./core/types";

export interface Version {
  readonly id: string;
  /** What a person called it, or why it was kept by itself. */
  readonly name: string;
  readonly automatic: boolean;
  /** Seconds since 1970. */
  readonly at: number;
}

/** What is compared on the canvas: an older state with a newer one, or with what is being edited now. */
export interface Comparison {
  readonly from: Version;
  readonly to: Version | undefined;
  readonly older: Project;
  readonly newer: Project | undefined;
}

export interface Versioning {
  readonly isOpen: boolean;
  readonly list: readonly Version[];
  readonly comparison: Comparison | undefined;
}

export const NO_VERSIONS: Versioning = { isOpen: false, list: [], comparison: undefined };

export class VersionStore {
  private readonly address: string;

  constructor(project: string) {
    this.address = `/api/projects/${encodeURIComponent(project)}/versions`;
  }

  list = (): Promise<Version[]> => ask<Version[]>(this.address);

  keep = (name: string, document: Project, revision: number, automatic = false): Promise<Version> =>
    ask<Version>(this.address, { name, document, revision, automatic });

  open = async (id: string): Promise<Project> =>
    fillProject((await ask<{ document: Record<string, unknown> }>(`${this.address}/${id}`)).document);

  discard = (id: string): Promise<unknown> => ask(`${this.address}/${id}/discard`, {});
  recall = (id: string): Promise<unknown> => ask(`${this.address}/${id}/recall`, {});
}

/** Ask, or send what is given. Fails with a sentence. */
async function ask<T>(address: string, body?: unknown): Promise<T> {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(address, options).catch(() => {
    throw new Error("Layerloom does not answer. Is it still running?");
  });
  const answer = (await response.json().catch(() => ({}))) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The server answered ${response.status}.`);
  return answer;
}
