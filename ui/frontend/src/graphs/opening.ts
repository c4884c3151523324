/** An editor that only shows: what differs between the projects of two runs. It is never connected, so nothing is saved. */

import { EMPTY_GRAPH, fillProject, graphAt, graphPaths } from "../canvas/core/document";
import { findDifference } from "../canvas/core/difference";
import { startHistory } from "../canvas/core/history";
import { spreadPiles } from "../canvas/core/layout";
import { type Catalogue, type Project, TRAINING } from "../canvas/core/types";
import { Editor } from "../canvas/editor";
import type { Version } from "../canvas/versions";

export interface Run {
  readonly id: string;
  readonly name: string;
}

export interface Pair {
  readonly from: Run;
  readonly to: Run;
  readonly older: Project;
  readonly newer: Project;
}

/** Compare the graphs of two runs on an editor of their own, opened where they differ first. */
export function openPair({ from, to, older, newer }: Pair, catalogue: Catalogue): Editor {
  const editor = new Editor(`comparison ${from.id} ${to.id}`, catalogue);
  const paths = graphPaths(newer);
  const differing = findDifference(older, newer).graphs;
  const path = paths.find((one) => differing.has(one)) ?? paths[0] ?? TRAINING;
  editor.update({
    history: startHistory(newer),
    path,
    versioning: { isOpen: true, list: [], comparison: { from: asVersion(from), to: asVersion(to), older, newer } },
  });
  return editor;
}

const asVersion = ({ id, name }: Run): Version => ({ id, name, automatic: false, at: 0 });

/** The graphs that either run has and in which something is drawn. */
export function listGraphs({ older, newer }: Pair): string[] {
  return graphPaths(newer).filter((path) => (graphAt(newer, path) ?? EMPTY_GRAPH).nodes.length > 0 || graphAt(older, path));
}

export async function fetchProject(run: string): Promise<Project> {
  const answer = await fetch(`/api/runs/${encodeURIComponent(run)}/project`);
  const { document, error } = (await answer.json()) as { document?: Record<string, unknown>; error?: string };
  if (!document) throw new Error(error ?? `The server answered ${answer.status}.`);
  return spreadPiles(fillProject(document));
}

export async function fetchCatalogue(): Promise<Catalogue> {
  const answer = await fetch("/api/catalogue");
  if (!answer.ok) throw new Error(`The catalogue could not be loaded (${answer.status}).`);
  return (await answer.json()) as Catalogue;
}
