/** What a person does with runs on the canvas: look into one, move in its time, leave it. */

import { graphAt, graphPaths } from "../../core/document";
import { momentsOf, placeOf } from "../../core/film";
import { findDifference } from "../../core/difference";
import { type Project, TRAINING } from "../../core/types";
import { NOTHING_PICKED, keepPicked } from "../../core/picking";
import type { Editor } from "../../editor";
import type { View } from "../../state";
import { isOfGraphs, readAnalysis, readFilm, readProject } from "../../films";
import { leaveComparison } from "../versions/doing";

const RUN = "run";

/** Choose among the runs of the project; where there is one only, look into that. */
export async function chooseRun(editor: Editor): Promise<void> {
  try {
    const runs = (await editor.films.list()).filter((run) => run.step);
    const [first] = runs;
    if (!first) editor.tell("No run of this project has anything to show yet. Train it, then look into the run.");
    else if (runs.length === 1) await lookInto(editor, first.id);
    else editor.update({ dialog: "look-into-run" });
  } catch (error) {
    editor.tell((error as Error).message);
  }
}

/** Show a run on the canvas as it went, at its end first. What it trained is shown, be it an older graph or this one. */
export async function lookInto(editor: Editor, run: string): Promise<void> {
  try {
    const [film, trained, analysis] = await Promise.all([readFilm(run), readProject(run), readAnalysis(run)]);
    const isOther = isOfGraphs(findDifference(trained, editor.project));
    if (editor.view.versioning.comparison) leaveComparison(editor);
    const inspected = {
      run,
      ...(isOther ? { project: trained, analysis } : { project: undefined, analysis: undefined }),
    };
    editor.films.update({ machine: { film, step: momentsOf(film).at(-1) ?? 0, isPlaying: false }, live: undefined });
    editor.update({
      inspected,
      linking: undefined,
      ...stay(editor, isOther ? trained : editor.project),
    });
    writeAddress(run);
    void editor.films.list().catch(() => undefined);
  } catch (error) {
    editor.tell((error as Error).message);
  }
}

export function leaveMachine(editor: Editor): void {
  editor.films.update({ machine: undefined });
  editor.update({
    inspected: undefined,
    notice: undefined,
    ...stay(editor, editor.project),
  });
  writeAddress(undefined);
  editor.takeFocus();
}

/** What of the view stays when another document is drawn: the graph that is open and what is picked, where it has them. */
function stay({ view }: Editor, drawn: Project): Partial<View> {
  const graph = graphAt(drawn, view.path);
  if (graph) return keepPicked(view, graph);
  return { path: graphPaths(drawn)[0] ?? TRAINING, trail: [], ...NOTHING_PICKED };
}

/** Go so many moments on, or back. */
export function move(editor: Editor, by: number): void {
  const { machine } = editor.films.state;
  if (!machine) return;
  const moments = momentsOf(machine.film);
  const place = Math.min(moments.length - 1, Math.max(0, placeOf(moments, machine.step) + by));
  editor.films.goTo(moments[place] ?? 0);
}

/** Let time go on by itself: from the beginning where the end is shown. */
export function play(editor: Editor): void {
  const { machine } = editor.films.state;
  if (!machine) return;
  const moments = momentsOf(machine.film);
  const isAtEnd = machine.step >= (moments.at(-1) ?? 0);
  const step = !machine.isPlaying && isAtEnd ? (moments[0] ?? 0) : machine.step;
  editor.films.update({ machine: { ...machine, step, isPlaying: !machine.isPlaying } });
}

/** One moment further while it plays; at the end it stands still. */
export function playOn(editor: Editor): void {
  const { machine } = editor.films.state;
  if (!machine?.isPlaying) return;
  move(editor, 1);
  const now = editor.films.state.machine;
  if (now && now.step >= (momentsOf(now.film).at(-1) ?? 0))
    editor.films.update({ machine: { ...now, isPlaying: false } });
}

/** The address names the run, so that a reload and a link show it again. */
function writeAddress(run: string | undefined): void {
  const address = new URL(window.location.href);
  if (run === undefined) address.searchParams.delete(RUN);
  else address.searchParams.set(RUN, run);
  window.history.replaceState(window.history.state, "", address);
}
