/** Follows what trains while the canvas is open, and says to each node how it does. Draws nothing. */

import { useEffect, useMemo } from "react";
import { lookAt } from "../../core/film";
import { type Vital, findVitals } from "../../core/vitals";
import { namesBefore } from "../../films";
import { useEditor, usePart } from "../use";
import { playOn } from "./doing";
import { useFilms } from "./use";

const PACE = 250;
const NOTHING: ReadonlyMap<string, Vital> = new Map();

export function Watching() {
  const editor = useEditor();
  const graph = usePart((_, one) => one.graph);
  const path = usePart((view) => view.path);
  const trail = usePart((_, one) => one.trail);
  const project = usePart((view) => view.history.present);
  const { machine, live } = useFilms((filming) => filming);
  const names = useMemo(() => (live ? namesBefore(live.trained, project) : undefined), [live?.trained, project]);
  useEffect(() => editor.films.follow(), [editor]);
  useEffect(() => {
    if (!machine?.isPlaying) return;
    const timer = setInterval(() => playOn(editor), PACE);
    return () => clearInterval(timer);
  }, [editor, machine?.isPlaying]);
  useEffect(() => {
    const film = machine?.film ?? live?.film;
    const step = machine?.step ?? film?.looks.at(-1)?.step;
    const sight = { graph, path, trail, names: machine ? undefined : names?.(path) };
    const isSeen = film !== undefined && step !== undefined && lookAt(film, step) >= 0;
    editor.films.vitals.put(isSeen ? findVitals(film, step, sight) : NOTHING);
  }, [editor, machine?.film, machine?.step, live?.film, graph, path, trail, names]);
  return null;
}
