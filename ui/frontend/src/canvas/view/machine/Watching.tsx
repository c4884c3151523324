/** Follows what trains while the canvas is open, and says to each node how it does. Draws nothing. */

import { useEffect } from "react";
import { type Vital, findVitals } from "../../core/vitals";
import { useEditor, usePart } from "../use";
import { playOn } from "./doing";
import { useFilms, useWatched } from "./use";

const PACE = 250;
const NOTHING: ReadonlyMap<string, Vital> = new Map();

export function Watching() {
  const editor = useEditor();
  const graph = usePart((_, one) => one.graph);
  const path = usePart((view) => view.path);
  const trail = usePart((_, one) => one.trail);
  const machine = useFilms((filming) => filming.machine);
  const watched = useWatched();
  useEffect(() => editor.films.follow(), [editor]);
  useEffect(() => {
    if (!machine?.isPlaying) return;
    const timer = setInterval(() => playOn(editor), PACE);
    return () => clearInterval(timer);
  }, [editor, machine?.isPlaying]);
  useEffect(() => {
    const sight = { graph, path, trail, names: watched?.namesOf?.(path) };
    editor.films.vitals.put(watched ? findVitals(watched.film, watched.step, sight) : NOTHING);
  }, [editor, watched, graph, path, trail]);
  return null;
}
